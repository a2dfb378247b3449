import { refuseSettings, type SettingsResult } from '@trine/settings'
import { PRESET } from '@trine/types'
import { parseFile } from './parseFile.ts'
import {
  fieldsAmongOthers,
  ipText,
  items,
  nodeKeyText,
  nodeNameText,
  portText,
  wholeNumberText,
} from './texts.ts'

/** What the maker of a network laid down for one node (`validator-config.yaml`). */
export type PlannedNode = {
  readonly name: string
  /** secp256k1, 32 bytes. */
  readonly nodeKey: Uint8Array
  readonly ip: string
  readonly quicPort: number
  readonly metricsPort: number | undefined
  readonly apiPort: number | undefined
  /** Number of its validators. */
  readonly count: number
}

const schema = fieldsAmongOthers({
  validators: items(
    fieldsAmongOthers({
      name: nodeNameText(),
      privkey: nodeKeyText(),
      enrFields: fieldsAmongOthers({ ip: ipText(), quic: portText() }),
      metricsPort: portText().optional(),
      apiPort: portText().optional(),
      httpPort: portText().optional(),
      count: wholeNumberText(0, PRESET.validatorRegistryLimit),
    }),
    'nodes',
  ),
})

/** Reads `validator-config.yaml`. No two nodes have the same name. */
export function parseValidatorConfig(text: string): SettingsResult<PlannedNode[]> {
  const parsed = parseFile(text, schema)
  if (!parsed.ok) return parsed
  const { validators } = parsed.value
  for (const [position, { name }] of validators.entries()) {
    const first = validators.findIndex((other) => other.name === name)
    if (first < position) {
      const message = `expected a name of its own, got ${JSON.stringify(name)} as in validators[${first}]`
      return refuseSettings('invalid-field', `validators[${position}].name`, message)
    }
  }
  const nodes = validators.map(({ name, privkey, enrFields, metricsPort, apiPort, httpPort, count }) => ({
    name,
    nodeKey: privkey,
    ip: enrFields.ip,
    quicPort: enrFields.quic,
    metricsPort,
    apiPort: apiPort ?? httpPort,
    count,
  }))
  return { ok: true, value: nodes }
}
