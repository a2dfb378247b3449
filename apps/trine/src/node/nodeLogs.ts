import { cpus, totalmem } from 'node:os'
import type { Scheduler } from '@trine/actors'
import type { NodeConfig } from '@trine/config'
import { bootPage, createLogs, type Levels, type Logs, parseLevels } from '@trine/logs'
import { PRESET } from '@trine/types'
import { UserError } from '../userError.ts'
import { version } from '../version.ts'
import type { OpenNode } from './openNode.ts'
import { timingOf } from './timingOf.ts'

/** Slots without finality that are worth a warning. */
const SLOTS_TO_WARN = 16

/** The log of a node on standard output, as configured. The ends of its keys are known when it is open; `recent` has the last lines. */
export function createNodeLogs(
  { logLevel, logFormat }: Pick<NodeConfig, 'logLevel' | 'logFormat'>,
  facts: { readonly genesisTime: number; readonly expectsPeers: boolean; readonly followsChain?: boolean },
  scheduler: Scheduler,
  keyEnds: () => readonly number[],
  recent?: { add(text: string): void },
): Logs {
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY)
  return createLogs({
    write: (text) => {
      recent?.add(text)
      process.stdout.write(text)
    },
    format: isPretty ? 'pretty' : 'json',
    isColoured: isPretty && process.stdout.isTTY,
    levels: readLevels(logLevel),
    now: () => scheduler.now(),
    monotonic: () => scheduler.monotonic(),
    timing: timingOf(facts.genesisTime),
    historyLimit: PRESET.historicalRootsLimit,
    slotsToWarn: SLOTS_TO_WARN,
    expectsPeers: facts.expectsPeers,
    followsChain: facts.followsChain,
    keyEnds,
  })
}

function readLevels(texts: readonly string[]): Levels {
  const levels = parseLevels(texts.join(','))
  if (!levels.ok) throw new UserError(`--log-level: ${levels.error}`)
  return levels.value
}

/** Where a node can be reached by people and their tools; undefined: it is off. */
export type NodeUrls = {
  readonly apiUrl: string | undefined
  readonly metricsUrl: string | undefined
  readonly adminUrl: string | undefined
}

/** The page of facts that a node begins its output with. */
export function describeNode(opened: OpenNode, beginsFrom: string, urls: NodeUrls): string {
  const { setup, timing, genesisRoot, keys, transport } = opened
  return bootPage({
    version,
    runtime: `node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    now: Date.now(),
    name: setup.name,
    network: {
      name: setup.networkName,
      genesisTime: timing.genesisTime,
      genesisRoot,
      validators: setup.genesis.publicKeys.length,
      signatures: `${setup.scheme.name} XMSS as ${setup.signatureEncoding}`,
    },
    peerId: transport.localPeerId,
    listen: transport.addresses(),
    staticPeers: setup.staticPeers.length,
    dataFolder: setup.dataFolder,
    beginsFrom,
    validators: keys.map(({ validatorIndex }) => validatorIndex),
    keysEnd: keys.length === 0 ? undefined : Math.min(...keys.map(({ endEpoch }) => endEpoch - 1)),
    ledgerFolder: keys.length === 0 ? undefined : setup.ledgerFolder,
    api: urls.apiUrl && `${urls.apiUrl}/`,
    metrics: urls.metricsUrl && `${urls.metricsUrl}/metrics`,
    admin: urls.adminUrl,
  })
}
