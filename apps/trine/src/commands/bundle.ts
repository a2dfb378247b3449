import type { Command } from 'commander'
import type { AdminFlags } from '../admin/askAdmin.ts'

const HELP = `
One file in the node's data folder with everything that helps to find out what went wrong: settings, versions, the last log
lines and messages between the services, metrics, peers, fork choice, memory. Keys, tokens and passphrases are not in it.
A node writes one by itself when a service or the process crashes, and when nothing was final for 32 slots.

Examples:
  $ trine bundle --admin-url http://127.0.0.1:5053 --admin-token-file token
  $ zcat data/trine_0/bundle-*.jsonl.gz | head -1
  $ trine simulate --resume data/trine_0/bundle-2026-05-01T10-00-00.000Z-asked.jsonl.gz

Exit codes: 0 it is written, 2 the node cannot be asked.`

/** `trine bundle`: what is known of a running node, in one file. */
export function registerBundle(program: Command): void {
  program
    .command('bundle')
    .description('have a running node write what is known of it into one file, without secrets')
    .option('--admin-url <url>', "the node's admin routes: http://127.0.0.1:5053")
    .option('--admin-token-file <file>', 'file with the token that they ask for')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (flags: AdminFlags & { json?: boolean }) => {
      const { bundleCommand } = await import('../bundle/bundleCommand.ts')
      await bundleCommand(flags)
    })
}
