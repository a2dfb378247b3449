import type { DescribedCommand, DescribedOption } from './describeProgram.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

/** A script that completes the commands and flags of `trine` in a shell. */
export const completionScripts: Readonly<Record<Shell, (commands: readonly DescribedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

function bashScript(commands: readonly DescribedCommand[]): string {
  const cases = commands.map(({ path, commands: subcommands, options }) => {
    const words = [...subcommands.map(({ name }) => name), ...options.map(({ flag }) => flag)]
    return `    '${path}')
${bashValues(options)}      words='${words.join(' ')}' ;;`
  })
  return `# Completion of trine for bash. In ~/.bashrc: source <(trine completion bash)
_trine() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${command:+$command }\${COMP_WORDS[index]}" in
      ${paths(commands)}) command="\${command:+$command }\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ \${#COMPREPLY[@]} -gt 0 || $word == -* ]] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _trine trine
`
}

/** What a flag takes: a path is completed, anything else left to the person. */
function bashValues(options: readonly DescribedOption[]): string {
  const flagsWith = (kind: DescribedOption['value']) =>
    options.filter(({ value }) => value === kind).map(({ flag }) => flag)
  const [ofPaths, ofTexts] = [flagsWith('path').join('|'), flagsWith('text').join('|')]
  if (ofPaths === '' && ofTexts === '') return ''
  return `      case "$previous" in
${ofPaths && `        ${ofPaths}) COMPREPLY=($(compgen -f -- "$word")); return ;;\n`}${ofTexts && `        ${ofTexts}) return ;;\n`}      esac
`
}

function zshScript(commands: readonly DescribedCommand[]): string {
  const cases = commands.map(({ path, commands: subcommands, options }) => {
    const choices = [
      ...subcommands.map(({ name, description }) => quoted(`${name}:${description}`)),
      ...options.map(({ flag, description }) => quoted(`${flag}:${description}`)),
    ]
    return `    ${quoted(path)})
${zshValues(options)}      choices=(${choices.join('\n        ')}) ;;`
  })
  return `#compdef trine
# Completion of trine for zsh. In ~/.zshrc: source <(trine completion zsh)
_trine() {
  local line='' entry previous=\${words[CURRENT-1]}
  local -a choices
  for entry in \${words[2,CURRENT-1]}; do
    case "\${line:+$line }$entry" in
      ${paths(commands)}) line="\${line:+$line }$entry" ;;
    esac
  done
  case "$line" in
${cases.join('\n')}
  esac
  _describe 'trine' choices || _files
}
compdef _trine trine
`
}

function zshValues(options: readonly DescribedOption[]): string {
  const values = options.flatMap(({ flag, value }) =>
    value === undefined ? [] : [`        ${flag}) ${value === 'path' ? '_files; ' : ''}return ;;\n`],
  )
  return values.length === 0 ? '' : `      case "$previous" in\n${values.join('')}      esac\n`
}

function fishScript(commands: readonly DescribedCommand[]): string {
  const lines = commands.flatMap(({ path, commands: subcommands, options }) => {
    const when = `complete -c trine -n "__trine_at '${path}'"`
    return [
      ...subcommands.map(({ name, description }) => `${when} -f -a ${name} -d ${quoted(description)}`),
      ...options.map(({ flag, description, value }) => {
        const takes = value === undefined ? '' : value === 'path' ? ' -r -F' : ' -x'
        return `${when} -l ${flag.slice(2)}${takes} -d ${quoted(description)}`
      }),
    ]
  })
  return `# Completion of trine for fish. In ~/.config/fish/config.fish: trine completion fish | source
function __trine_at
  set -l line ''
  for entry in (commandline -opc)[2..-1]
    switch (string trim -- "$line $entry")
      case ${paths(commands).replaceAll("'|'", "' '")}
        set line (string trim -- "$line $entry")
    end
  end
  test "$line" = "$argv[1]"
end
${lines.join('\n')}
`
}

/** All commands but the program itself, as patterns of a case. */
function paths(commands: readonly DescribedCommand[]): string {
  return commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => `'${path}'`)
    .join('|')
}

/** In single quotes, for zsh and fish; a quote within becomes a typographic one, which both read alike. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’').replaceAll('\\', '/')}'`
}
