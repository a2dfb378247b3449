import type { Command, Option } from 'commander'

export type DescribedOption = {
  readonly flag: string
  readonly description: string
  /** What follows the flag: a file or folder, something else, or nothing. */
  readonly value: 'path' | 'text' | undefined
}

/** A command, and what can come after it. */
export type DescribedCommand = {
  /** `keys generate`; empty for the program itself. */
  readonly path: string
  readonly commands: readonly { readonly name: string; readonly description: string }[]
  readonly options: readonly DescribedOption[]
}

/** Every command of a program, the program itself first; hidden options are left out. */
export function describeProgram(program: Command): DescribedCommand[] {
  return describeCommand(program, '')
}

function describeCommand(command: Command, path: string): DescribedCommand[] {
  const subcommands = command.commands.map((sub) => ({ name: sub.name(), description: sub.description() }))
  const options = command.createHelp().visibleOptions(command).flatMap(describeOption)
  const inner = command.commands.flatMap((sub) => describeCommand(sub, `${path} ${sub.name()}`.trim()))
  return [{ path, commands: subcommands, options }, ...inner]
}

function describeOption({ long, flags, description }: Option): DescribedOption[] {
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1]
  const isPath = placeholder !== undefined && /^(file|files|dir|path|peer)(\.\.\.)?$/.test(placeholder)
  const value = placeholder === undefined ? undefined : isPath ? 'path' : 'text'
  return long ? [{ flag: long, description, value }] : []
}
