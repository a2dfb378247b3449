import { Argument, type Command } from 'commander'
import type { Shell } from '../completion/scripts.ts'

/** `trine completion`: prints a script for a shell. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and flags in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(trine completion bash)              in ~/.bashrc
  $ source <(trine completion zsh)               in ~/.zshrc, after compinit
  $ trine completion fish | source               in ~/.config/fish/config.fish

Exit codes: 0 done, 2 no such shell.`,
    )
    .action(async (shell: Shell) => {
      const { describeProgram } = await import('../completion/describeProgram.ts')
      const { completionScripts } = await import('../completion/scripts.ts')
      process.stdout.write(completionScripts[shell](describeProgram(program)))
    })
}
