import { NODE_SETTING_NAMES } from '@trine/config/settings'
import type { Command } from 'commander'
import { optionsOf } from './settingOptions.ts'

const HELP = `
Every setting is also a variable (--data-dir: TRINE_DATA_DIR) and a line of --config-file (data-dir: DIR). A flag wins over
a variable, a variable over the file, the file over what validator-config.yaml has for this node, and that over the default.
Files that are not named are looked for beside config.yaml. The names that other clients give a flag are known too:
--network, --validator-registry-path, --private-key-path, --socket-port, --gossipsub-port, --http-port and so on.

Examples:
  $ trine genesis --out net --nodes 4 --validators 8 --genesis-time +1m
  $ trine node --genesis net --node-id trine_0 --data-dir data/trine_0
  $ trine node --network net/config.yaml --validator-registry-path net/validators.yaml --bootnodes net/nodes.yaml \\
      --node-id trine_0 --node-key net/trine_0.key --socket-port 9000 --metrics-port 8080 --data-dir data/trine_0
  $ trine node --config-file trine.yaml --print-config

SIGINT and SIGTERM end the node in order, within 5 seconds; a second one ends it at once.

Exit codes: 0 ended in order, 1 it could not end in order or failed, 2 a setting or a file is wrong.`

/** `trine node`: runs a node. */
export function registerNode(program: Command): void {
  const command = program
    .command('node')
    .description('run a node of a network')
    .option('--print-config', 'print every setting in force and where it was given, and end')
  addNodeSettings(command)
  command.addHelpText('after', HELP).action(async (flags: Record<string, unknown>) => {
    const { nodeCommand } = await import('../node/nodeCommand.ts')
    await nodeCommand(flags)
  })
}

/** Gives a command all settings of a node, and the file that they can be in. */
export function addNodeSettings(command: Command): void {
  command.option(
    '--config-file <file>',
    'settings in YAML, by the names of the flags (variable: TRINE_CONFIG_FILE)',
  )
  for (const name of NODE_SETTING_NAMES) {
    for (const option of optionsOf(name)) command.addOption(option)
  }
}
