import { failure, type Result, success } from '@trine/types'

/** What lines are about; each has a level of its own, which can be set while the node runs. */
export const COMPONENTS = ['clock', 'chain', 'network', 'sync', 'validator', 'storage', 'node'] as const
export type Component = (typeof COMPONENTS)[number]

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type Level = (typeof LEVELS)[number]

export type Levels = Readonly<Record<Component, Level>>

export function isComponent(text: string): text is Component {
  return (COMPONENTS as readonly string[]).includes(text)
}

export function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text)
}

/** The same level for all. */
export function levelsOf(level: Level): Levels {
  return Object.fromEntries(COMPONENTS.map((component) => [component, level])) as Levels
}

/**
 * Reads levels as an operator writes them: `info`, or `warn,chain=debug,network=trace`, in any order. What is not named is
 * `info`. The error says what was expected and what was found.
 */
export function parseLevels(text: string): Result<Levels, string> {
  let levels = levelsOf('info')
  const parts = text.split(',').map((piece) => piece.trim())
  // What is for all comes first, so that it does not undo what is for one.
  parts.sort((left, right) => Number(left.includes('=')) - Number(right.includes('=')))
  for (const part of parts) {
    const [name, level, ...rest] = part.includes('=') ? part.split('=') : ['all', part]
    if (rest.length > 0 || level === undefined || !isLevel(level)) {
      return failure(`expected one of the levels ${LEVELS.join(', ')}, got ${JSON.stringify(part)}`)
    }
    if (name === 'all') levels = levelsOf(level)
    else if (isComponent(name!)) levels = { ...levels, [name]: level }
    else
      return failure(`expected one of the components ${COMPONENTS.join(', ')}, got ${JSON.stringify(name)}`)
  }
  return success(levels)
}
