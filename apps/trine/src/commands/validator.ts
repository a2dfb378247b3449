import type { NodeSettingName } from '@trine/config/settings'
import type { Command } from 'commander'
import { optionsOf } from './settingOptions.ts'

/** The settings that validators have in common with a node. */
const SETTINGS: readonly NodeSettingName[] = [
  'genesis',
  'validators',
  'hashSigKeysDir',
  'passphraseFile',
  'networkName',
  'signatureEncoding',
  'scheme',
  'dataDir',
  'ledgerDir',
  'markerDir',
  'resumeAt',
  'metricsAddress',
  'logLevel',
  'logFormat',
]

/** What a setting is here, where it is not quite what it is for a node. */
const DESCRIPTIONS: Partial<Record<NodeSettingName, string>> = {
  validators: 'annotated_validators.yaml or validators.yaml (default: beside config.yaml)',
  dataDir: 'folder for the ledgers of the keys; made when it is not there, and for this command alone',
}

const HELP = `
Data for duties is asked of the first node that is well and nearest to the head, of the next one too when that fails or takes
its time; what is signed goes to all that are well. Every answer is checked: a node that lies cannot make a key sign twice, or
for another slot than the clock says. One key must never be at two places: a node whose validators run here is started with
--validators none, and two of these commands never share validators. Keys new to their ledger, or unused for 16 slots, listen
for two slots before they sign; a validator that is seen signing elsewhere is stopped.

The settings are variables (--data-dir: TRINE_DATA_DIR; --api: TRINE_VALIDATOR_API) and lines of --config-file as for trine node.

Examples:
  $ trine node --genesis net --node-id trine_0 --data-dir data/trine_0 --validators none
  $ trine validator --genesis net --node-id trine_0 --data-dir data/validator_0 --api http://127.0.0.1:5052
  $ trine validator --genesis net --node-id trine_0,trine_1 --data-dir data/validators \\
      --api http://10.0.0.1:5052,http://10.0.0.2:5052 --metrics-port 8090

SIGINT and SIGTERM end it in order, within 5 seconds; a second one ends it at once.

Exit codes: 0 ended in order, 1 it could not end in order or failed, or a validator was seen signing elsewhere, 2 a setting
or a file is wrong.`

const byComma = (text: string, previous: readonly string[] = []) => [...previous, ...text.split(',')]

/** `trine validator`: validators outside of the process of their node. */
export function registerValidator(program: Command): void {
  const command = program
    .command('validator')
    .description('do the duties of validators through the HTTP API of one or several nodes')
    .option('--api <url>', 'nodes to work with, the preferred one first: http://127.0.0.1:5052', byComma)
    .option(
      '--node-id <names>',
      "whose validators, by the names of nodes in the network's files: trine_0,trine_1",
    )
    .option('--metrics-port <port>', 'port of the metrics; 0: any (default: no metrics)')
    .option(
      '--config-file <file>',
      'settings in YAML, by the names of the flags (variable: TRINE_CONFIG_FILE)',
    )
  for (const name of SETTINGS) {
    for (const option of optionsOf(name)) {
      option.description = DESCRIPTIONS[name] ?? option.description
      command.addOption(option)
    }
  }
  command.addHelpText('after', HELP).action(async (flags: Record<string, unknown>) => {
    const { runValidator } = await import('../validator/runValidator.ts')
    await runValidator(flags, process.env)
  })
}
