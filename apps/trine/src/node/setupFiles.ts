import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withFileErrors } from '../userInput.ts'

/** The files that were named; what is left out is looked for beside `genesis`, under the names of lean-quickstart. */
export type NamedFiles = {
  /** `config.yaml` or the folder that it is in. */
  readonly genesis: string
  /** Name of the node in the network's files. */
  readonly nodeId: string
  /** `validators.yaml` or `annotated_validators.yaml`; or `none`. */
  readonly validators?: string | undefined
  readonly validatorConfig?: string | undefined
  readonly hashSigKeysDir?: string | undefined
  readonly nodeKey?: string | undefined
  /** Each `none`, a node record, an address, or a file with a list of these. */
  readonly bootnodes?: readonly string[] | undefined
}

/** The files of a node, as far as there are any. */
export type SetupFiles = {
  readonly config: string
  readonly validators: string | undefined
  readonly validatorConfig: string | undefined
  readonly keys: string
  readonly nodeKey: string | undefined
  readonly bootnodes: readonly string[]
}

/** What lean-quickstart passes for the `validator-config.yaml` beside `config.yaml`. */
const PLANNED_BESIDE = 'genesis_bootnode'

/** The files that were named, and those of the usual names where none was. */
export async function findFiles(named: NamedFiles): Promise<SetupFiles> {
  const { config, beside } = await lookBeside(named.genesis)
  const validators = named.validators ?? beside('annotated_validators.yaml', 'validators.yaml')
  const nodes = beside('nodes.yaml')
  return {
    config,
    validators: validators === 'none' ? undefined : validators,
    validatorConfig: await findValidatorConfig(named),
    keys:
      named.hashSigKeysDir ?? beside('hash-sig-keys') ?? join(dirname(validators ?? config), 'hash-sig-keys'),
    nodeKey: named.nodeKey ?? beside(`${named.nodeId}.key`),
    bootnodes: named.bootnodes ?? (nodes === undefined ? [] : [nodes]),
  }
}

/** The `validator-config.yaml` that was named, or that is beside the genesis. */
export async function findValidatorConfig(
  named: Pick<NamedFiles, 'genesis' | 'validatorConfig'>,
): Promise<string | undefined> {
  const { validatorConfig } = named
  if (validatorConfig !== undefined && validatorConfig !== PLANNED_BESIDE) return validatorConfig
  const { beside } = await lookBeside(named.genesis)
  return beside('validator-config.yaml')
}

async function lookBeside(genesis: string) {
  const isFolder = await withFileErrors(genesis, async () => (await stat(genesis)).isDirectory())
  const folder = isFolder ? genesis : dirname(genesis)
  return {
    config: isFolder ? join(folder, 'config.yaml') : genesis,
    beside: (...names: string[]) => names.map((name) => join(folder, name)).find((path) => existsSync(path)),
  }
}
