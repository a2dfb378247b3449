import type { Command } from 'commander'
import type { DevnetFlags } from '../devnet/devnetFiles.ts'

/** `trine devnet`: a local network, made when it is not there. */
export function registerDevnet(program: Command): void {
  program
    .command('devnet')
    .description('run a local network, keys and all; what npm start does')
    .option('--nodes <n>', 'number of nodes (default: 4, or as it was)')
    .option('--validators <n>', 'number of validators (default: one for each node, or as it was)')
    .option('--dir <dir>', 'folder of the network', '.trine/devnet')
    .option('--processes', 'each node as a process of its own, which logs into a file')
    .option('--fresh', 'give up the network in the folder and begin a new one')
    .addHelpText(
      'after',
      `
The nodes run in one process (or, with --processes, in one each that prints to logs/NAME.log of the folder), over real
QUIC on loopback and with post-quantum signatures. The first start makes genesis,
keys and folders; the next ones go on from where the network was. Ctrl-C ends it in order.

Examples:
  $ trine devnet
  $ trine devnet --nodes 8 --validators 32 --processes --dir .trine/eight
  $ trine devnet --fresh

Exit codes: 0 ended in order, 1 failed, 2 a flag or a file is wrong.`,
    )
    .action(async (flags: DevnetFlags & { readonly processes?: boolean }) => {
      const { runDevnet } = await import('../devnet/runDevnet.ts')
      await runDevnet(flags)
    })
}
