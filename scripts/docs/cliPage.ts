/** The page on the command line, from the help of its commands. */
import type { Command } from 'commander'

const WIDTH = 110

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trimEnd()
}

/** A command's section, then those of its subcommands. */
function sectionsOf(command: Command, parents: readonly string[]): string[] {
  const path = [...parents, command.name()]
  const own = `${'#'.repeat(Math.min(path.length, 3))} ${path.join(' ')}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`
  const children = command.commands.filter((child) => child.name() !== 'help')
  return [own, ...children.flatMap((child) => sectionsOf(child, path))]
}

export function cliPage(program: Command): string {
  const [own, ...commands] = sectionsOf(program, [])
  const top = own!.replace(/^# .*\n/, '')
  return `# The command line

<!-- Made from the commands by "npm run docs:pages". -->
${top}
Exit codes are the same everywhere: 0 done, 1 the thing itself failed (a case differs, an expectation is violated), 2 the input
is wrong, with one line that names the file, the field and what was expected.

${commands.join('\n')}`
}
