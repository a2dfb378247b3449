import type { Command } from 'commander'
import type { AcceptanceFlags } from '../acceptance/runAcceptance.ts'

/** `trine acceptance`: a network of processes through everything that an evening may bring. */
export function registerAcceptance(program: Command): void {
  program
    .command('acceptance')
    .description('run a network of processes through restarts, crashes, partitions and more, and report')
    .option('--profile <name>', 'short (one round, about 8 minutes) or long (rounds for 2 hours)', 'short')
    .option('--nodes <n>', 'number of processes', '8')
    .option('--validators <n>', 'number of validators, dealt out to the nodes', '32')
    .option('--dir <dir>', 'new folder for keys, data and logs (default: one for temporary files)')
    .option('--json <file>', 'write everything that was measured')
    .option('--junit <file>', 'write a test report, a case for each step')
    .addHelpText(
      'after',
      `
Each node is a process with real signatures, and all QUIC between them goes through proxies on loopback. One after another
nodes are ended, killed, wiped, cut off from half of the others, suspended, and restored from a backup; one has its clock
set, another a disk that is full. After each step every node must finalize a later slot, within 60 slots; nobody may ever
sign two things for one slot.

A small disk is a tmpfs in a mount namespace of its own (Linux: unshare, nsenter). Where the machine allows none, the step is
not run: the table says so, and in the test report it counts as skipped.

Examples:
  $ trine acceptance
  $ trine acceptance --nodes 4 --validators 8 --json acceptance.json --junit acceptance.xml
  $ trine acceptance --profile long --dir .trine/evening

Exit codes: 0 finality came back after every step, 1 it did not, 2 a flag or a file is wrong.`,
    )
    .action(async (flags: AcceptanceFlags) => {
      const { runAcceptance } = await import('../acceptance/runAcceptance.ts')
      process.exitCode = (await runAcceptance(flags)) ? 0 : 1
    })
}
