import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeProgram } from '../src/completion/describeProgram.ts'
import { completionScripts } from '../src/completion/scripts.ts'
import { createProgram } from '../src/main.ts'

function leaves(command: Command, path: string): [string, Command][] {
  if (command.commands.length === 0) return [[path, command]]
  return command.commands.flatMap((sub) => leaves(sub, `${path} ${sub.name()}`))
}

/** All that `--help` prints. */
function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  return text
}

describe('--help', () => {
  it.each(leaves(createProgram(), 'trine'))(
    'of %s has examples that it would take, and exit codes',
    (path, command) => {
      const help = helpOf(command)
      expect(help).toContain('Exit codes: 0 ')
      const examples = help.slice(help.indexOf('Examples:')).split('\n')
      expect(
        examples.some(
          (line) => line.includes(`${path.slice('trine'.length)} `) || line.trimEnd().endsWith(path),
        ),
      ).toBe(true)
    },
  )

  it('of the program says what the exit codes mean', () => {
    expect(helpOf(createProgram())).toMatch(/Exit codes: 0 done, 1 .*, 2 /)
  })
})

describe('trine completion', () => {
  const commands = describeProgram(createProgram())
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trine-completion-'))
    writeFileSync(join(folder, 'script'), completionScripts.bash(commands))
    writeFileSync(join(folder, 'net.yaml'), '')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** What bash offers after these words, of which the last is being typed. */
  function offered(...words: readonly string[]): string[] {
    const script = `source ./script; COMP_WORDS=(trine "$@"); COMP_CWORD=$#; _trine; printf '%s\\n' "\${COMPREPLY[@]}"`
    const output = execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, encoding: 'utf8' })
    return output.split('\n').filter((line) => line !== '')
  }

  it('offers in bash what can come next', () => {
    expect(offered('ke')).toEqual(['keys'])
    expect(offered('keys', 'ge')).toEqual(['generate'])
    expect(offered('keys', 'generate', '--co')).toEqual(['--count'])
    expect(offered('keys', 'generate', '--count', '')).toEqual([])
    expect(offered('node', '--genesis', 'net')).toEqual(['net.yaml'])
    expect(offered('node', '--genesis', 'net.yaml', '--data')).toEqual(['--data-dir'])
    expect(offered('keys', 'inspect', 'net')).toEqual(['net.yaml'])
  })

  it.each(['bash', 'zsh', 'fish'] as const)('knows every command and flag in %s', (shell) => {
    const script = completionScripts[shell](commands)
    for (const { path, options, commands: subcommands } of commands) {
      expect(script).toContain(`'${path}'`)
      for (const { flag } of options)
        expect(script).toContain(shell === 'fish' ? `-l ${flag.slice(2)} ` : flag)
      for (const { name } of subcommands) expect(script).toContain(name)
    }
  })
})
