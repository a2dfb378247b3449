import type { Command } from 'commander'
import type { GenesisFlags } from '../genesis/options.ts'

/** `trine genesis`: makes all files of a new network. */
export function registerGenesis(program: Command): void {
  program
    .command('genesis')
    .description('make the files of a new network, keys included, laid out as lean-quickstart expects')
    .requiredOption('--out <dir>', 'folder to write to; what is there already is kept')
    .requiredOption('--nodes <n>', 'number of nodes (trine_0 and on), or their names by comma')
    .requiredOption('--validators <n>', 'number of validators, dealt out to the nodes in turn')
    .option('--scheme <name>', 'production, devnet (signs alike, keys in a moment) or test', 'devnet')
    .option('--active-epochs <n>', 'slots each key can sign (default: 131072, devnet 4096, test 256)')
    .option('--passphrase-file <file>', 'encrypt the secret keys with the passphrase in this file')
    .option(
      '--genesis-time <time>',
      '+30s (or m, h) from when the files are done, Unix seconds, or ISO 8601',
      '+30s',
    )
    .option('--ip <address>', 'IPv4 address of all nodes', '127.0.0.1')
    .option('--base-port <port>', 'QUIC port of the first node, the next ones follow', '9000')
    .option('--base-metrics-port <port>', 'metrics port of the first node', '8080')
    .option('--base-api-port <port>', 'API port of the first node', '5052')
    .addHelpText(
      'after',
      `
Files: config.yaml, validators.yaml, annotated_validators.yaml, nodes.yaml, validator-config.yaml, NODE.key for each
node, and hash-sig-keys/ with the keys of the validators and their manifest. Secrets are for the owner alone.

The command can be killed at any time and run again: it goes on where it was. A network that is complete is left as it
is, because keys that have signed must not begin another one.

Keys of the devnet scheme can be used by Trine alone, though every client verifies their signatures; a network in which
other clients have validators needs --scheme production.

Examples:
  $ trine genesis --out net --nodes 4 --validators 8
  $ trine genesis --out net --nodes trine_0,ream_0 --validators 2 --scheme production --genesis-time +2m
  $ trine genesis --out net --nodes 4 --validators 100 --genesis-time 2026-01-31T12:00:00Z --base-port 9100

Exit codes: 0 done, 2 a flag or a file is wrong.`,
    )
    .action(async (flags: GenesisFlags) => {
      const { makeGenesis, printGenesis } = await import('../genesis/genesis.ts')
      printGenesis(flags, await makeGenesis(flags))
    })
}
