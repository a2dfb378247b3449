import { Command, CommanderError } from 'commander'
import { registerAcceptance } from './commands/acceptance.ts'
import { registerBundle } from './commands/bundle.ts'
import { registerCompletion } from './commands/completion.ts'
import { registerConformance } from './commands/conformance.ts'
import { registerDb } from './commands/db.ts'
import { registerDevnet } from './commands/devnet.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerGenesis } from './commands/genesis.ts'
import { registerKeys } from './commands/keys.ts'
import { registerNode } from './commands/node.ts'
import { registerReplay } from './commands/replay.ts'
import { registerSimulate } from './commands/simulate.ts'
import { registerValidator } from './commands/validator.ts'
import { UserError } from './userError.ts'
import { version } from './version.ts'

/** The whole command line, with every command registered; nothing heavy is loaded before a command runs. */
export function createProgram(): Command {
  const program = new Command('trine')
    .description('A lean-consensus (3SF-mini) node in TypeScript, its tools and its laboratory')
    .version(version)
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ trine genesis --out net --nodes 4 --validators 8      the files of a network, keys included
  $ trine node --genesis net --node-id trine_0 --data-dir data/trine_0
  $ trine simulate                                        four nodes to finality, in seconds
  $ trine help keys generate                              what a command does, with examples

Exit codes: 0 done, 1 the thing itself failed (a case differs, an expectation is violated), 2 the input is wrong: one line
names the file or flag, the field and what was expected.`,
    )
  registerAcceptance(program)
  registerBundle(program)
  registerCompletion(program)
  registerConformance(program)
  registerDb(program)
  registerDevnet(program)
  registerDoctor(program)
  registerGenesis(program)
  registerKeys(program)
  registerNode(program)
  registerReplay(program)
  registerSimulate(program)
  registerValidator(program)
  return program
}

/**
 * Runs the command line and sets the exit code: 0 done, 1 the command's own failure (a failed case, a violated
 * expectation), 2 the user's mistake.
 */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
    } else if (error instanceof UserError) {
      console.error(`trine: ${error.message}`)
      process.exitCode = 2
    } else {
      throw error
    }
  }
}
