import { PRESET } from '@trine/types'
import { UserError } from '../userError.ts'
import { parseCount } from '../userInput.ts'

export type GenesisFlags = {
  readonly out: string
  readonly nodes: string
  readonly validators: string
  readonly scheme: string
  readonly activeEpochs?: string
  readonly passphraseFile?: string
  readonly genesisTime: string
  readonly ip: string
  readonly basePort: string
  readonly baseMetricsPort: string
  readonly baseApiPort: string
}

/** A node of the network that is made. */
export type MadeNode = {
  readonly name: string
  readonly ip: string
  readonly quicPort: number
  readonly metricsPort: number
  readonly apiPort: number
  /** Indices of its validators, ascending. */
  readonly validators: readonly number[]
}

const MAX_NODES = 1000

/** The nodes by their flags, validators dealt out in turn: lean-quickstart's `shuffle: roundrobin`. */
export function readNodes(flags: GenesisFlags): MadeNode[] {
  const names = readNames(flags.nodes)
  const validators = parseCount('--validators', flags.validators, 1, PRESET.validatorRegistryLimit)
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(flags.ip) || flags.ip.split('.').some((part) => Number(part) > 255)) {
    throw new UserError(`--ip: expected an IPv4 address, got "${flags.ip}"`)
  }
  const last = 65_536 - names.length
  const quicPort = parseCount('--base-port', flags.basePort, 1, last)
  const metricsPort = parseCount('--base-metrics-port', flags.baseMetricsPort, 1, last)
  const apiPort = parseCount('--base-api-port', flags.baseApiPort, 1, last)
  if (Math.abs(metricsPort - apiPort) < names.length) {
    throw new UserError(
      `--base-api-port: expected ${names.length} ports apart from --base-metrics-port ${metricsPort}, got ${apiPort}`,
    )
  }
  return names.map((name, position) => ({
    name,
    ip: flags.ip,
    quicPort: quicPort + position,
    metricsPort: metricsPort + position,
    apiPort: apiPort + position,
    validators: Array.from({ length: validators }, (_, index) => index).filter(
      (index) => index % names.length === position,
    ),
  }))
}

/** A number of nodes, or their names by comma: `zeam_0,trine_0`. */
function readNames(text: string): string[] {
  if (/^\d+$/.test(text)) {
    const count = parseCount('--nodes', text, 1, MAX_NODES)
    return Array.from({ length: count }, (_, index) => `trine_${index}`)
  }
  const names = text.split(',')
  const wrong = names.find((name) => !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
  if (wrong !== undefined) {
    throw new UserError(`--nodes: expected a number, or names like trine_0,ream_0, got "${wrong}"`)
  }
  const twice = names.find((name, position) => names.indexOf(name) < position)
  if (twice !== undefined) throw new UserError(`--nodes: expected every name once, got "${twice}" twice`)
  return names
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }
const MAX_TIME = 2 ** 35

/** Unix seconds of `+30s` (or m, h) after `now`, of Unix seconds, or of an ISO 8601 time. */
export function readGenesisTime(text: string, now: number): number {
  const relative = /^\+(\d{1,7})([smh])$/.exec(text)
  if (relative) return Math.ceil(now / 1000) + Number(relative[1]) * UNITS[relative[2]!]!
  const seconds = /^\d{1,11}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text)
      ? Date.parse(text) / 1000
      : Number.NaN
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_TIME) return seconds
  throw new UserError(
    `--genesis-time: expected +30s, Unix seconds or a time like 2026-01-31T12:00:00Z, got "${text}"`,
  )
}
