import type { Slot, ValidatorIndex } from '@trine/types'
import { cleanText } from './clean.ts'

/** What a node knows about itself when it starts. What is undefined is left out. */
export type BootFacts = {
  readonly version: string
  /** What it runs on: `node 24.21.0, linux x64, 8 cores, 16 GB`. */
  readonly runtime: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly name: string
  readonly network: {
    readonly name: string
    readonly genesisTime: number
    readonly genesisRoot: string
    readonly validators: number
    /** Signatures: parameters and encoding. */
    readonly signatures: string
  }
  readonly peerId: string
  readonly listen: readonly string[]
  readonly staticPeers: number
  readonly dataFolder: string
  /** Where the chain begins from: `genesis`, `slot 812 on disk`, `checkpoint at slot 900`. */
  readonly beginsFrom: string
  readonly validators: readonly ValidatorIndex[]
  /** Last slot that all keys can sign. */
  readonly keysEnd?: Slot | undefined
  readonly ledgerFolder?: string | undefined
  readonly api?: string | undefined
  readonly metrics?: string | undefined
  readonly admin?: string | undefined
}

/** The page that a node shows at its start: one fact a line, names in a column. It has no secrets to show. */
export function bootPage(facts: BootFacts): string {
  const { network } = facts
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['node', facts.name],
    ['runs on', facts.runtime],
    ['network', `${network.name}, ${network.validators} validators, ${network.signatures}`],
    [
      'genesis',
      `${new Date(network.genesisTime).toISOString()} (${relative(network.genesisTime - facts.now)})`,
    ],
    ['genesis root', network.genesisRoot],
    ['peer id', facts.peerId],
    ...facts.listen.map((address) => ['listens on', address] as const),
    ['static peers', `${facts.staticPeers}`],
    ['data', facts.dataFolder],
    ['begins from', facts.beginsFrom],
    ['validators', facts.validators.length === 0 ? 'none, only follows' : ranges(facts.validators)],
    ['keys last', facts.keysEnd === undefined ? undefined : `up to slot ${facts.keysEnd}`],
    ['key ledger', facts.ledgerFolder],
    ['API', facts.api],
    ['metrics', facts.metrics],
    ['admin', facts.admin],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(width)}  ${cleanText(value)}`],
  )
  return `Trine ${cleanText(facts.version)}\n${lines.join('\n')}\n`
}

function relative(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  return milliseconds >= 0 ? `in ${seconds} s` : `${seconds} s ago`
}

/** Numbers with runs drawn together: `0-3, 7`. */
function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((left, right) => left - right)
  const runs: [number, number][] = []
  for (const number of sorted) {
    const last = runs.at(-1)
    if (last !== undefined && number === last[1] + 1) last[1] = number
    else runs.push([number, number])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}
