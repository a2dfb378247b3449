import type { Command } from 'commander'
import type { DoctorFlags } from '../doctor/doctorCommand.ts'
import { addNodeSettings } from './node.ts'

const HELP = `
Takes the settings of trine node. Nothing is changed or signed, and peers are dialled under another name than the node's.
With --admin-url a node that runs looks itself over instead.

Examples:
  $ trine doctor --genesis net --node-id trine_0 --data-dir data/trine_0
  $ trine doctor --config-file trine.yaml --json
  $ trine doctor --config-file trine.yaml --time-sources http://10.0.0.2:5052,http://10.0.0.3:5052
  $ trine doctor --admin-url http://127.0.0.1:5053 --admin-token-file token

Exit codes: 0 nothing fails (there may be warnings), 1 something fails, 2 a setting or a file is wrong.`

/** `trine doctor`: looks over what a node needs. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('look over clock, disk, ports, peers, keys and ledgers of a node, each with what to do')
    .option('--json', 'print JSON')
    .option('--admin-url <url>', 'ask the node that serves its admin routes here')
  addNodeSettings(command)
  command.addHelpText('after', HELP).action(async (flags: DoctorFlags) => {
    const { doctorCommand } = await import('../doctor/doctorCommand.ts')
    await doctorCommand(flags)
  })
}
