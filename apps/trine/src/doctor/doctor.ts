import { createSystemScheduler, type Scheduler } from '@trine/actors'
import type { NodeConfig } from '@trine/config'
import { type SlotTiming, slotAt } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { fromHex } from '@trine/types'
import type { SignaturePool } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { genesisOf } from '../node/genesisOf.ts'
import type { NodeSetup } from '../node/nodeSetup.ts'
import { openKeys } from '../node/openKeys.ts'
import type { OpenNode } from '../node/openNode.ts'
import type { PooledKey } from '../node/ports.ts'
import { readSetup } from '../node/readSetup.ts'
import { UserError } from '../userError.ts'
import { type Check, fail } from './check.ts'
import { checkClock } from './clockCheck.ts'
import { checkDuplicates, checkGenesis, checkRanges } from './keyChecks.ts'
import { checkLedgers } from './ledgerChecks.ts'
import { machineChecks } from './machineChecks.ts'
import { checkPeers, judgePeers } from './peerChecks.ts'
import { checkPorts } from './portChecks.ts'
import { checkVerifyRate } from './signatureCheck.ts'

/** Looks over everything that a node with these settings needs, before it runs. Takes some seconds. */
export async function runDoctor(config: NodeConfig): Promise<Check[]> {
  const scheduler = createSystemScheduler()
  const setup = await readSetup(config)
  const { block, timing } = genesisOf(setup)
  const genesisRoot = blockRoot(block)
  const slot = slotAt(scheduler.now(), timing)
  const pool = createPool({ scheme: setup.scheme, encoding: setup.signatureEncoding })
  try {
    const keys = await openKeysOrFail(setup, pool)
    return [
      ...(await quickChecks(setup, timing, scheduler)),
      await checkClock(config.timeSources ?? [], scheduler),
      ...(Array.isArray(keys)
        ? [checkRanges(keys, slot), ...(await checkLedgers(setup, keys, { genesisRoot, slot, isOwn: false }))]
        : [keys]),
      await checkVerifyRate(pool, setup, setup.genesis.publicKeys.length),
      ...(await checkPorts(config, setup.listen)),
      ...(await checkPeers(setup, { root: genesisRoot, hasBegun: slot >= 0 }, scheduler)),
    ]
  } finally {
    await pool.close('now')
  }
}

async function openKeysOrFail(setup: NodeSetup, pool: SignaturePool): Promise<PooledKey[] | Check> {
  try {
    return await openKeys(setup, pool)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return fail('keys', error.message, "give the folder with this network's keys: --hash-sig-keys-dir")
  }
}

/** What is local and quick, looked at before a node does its first duty. */
export async function quickChecks(
  setup: NodeSetup,
  timing: SlotTiming,
  scheduler: Pick<Scheduler, 'now'>,
): Promise<Check[]> {
  return [
    ...(await machineChecks(setup.dataFolder)),
    checkGenesis(setup, slotAt(scheduler.now(), timing)),
    checkDuplicates(setup),
  ]
}

/** Looks a node over that runs, with what it has open. */
export async function examineNode(
  { setup, timing, keys, genesisRoot, pool, transport }: OpenNode,
  { timeSources = [] }: Pick<NodeConfig, 'timeSources'>,
  scheduler: Scheduler,
): Promise<Check[]> {
  const slot = slotAt(scheduler.now(), timing)
  const connected = new Map(transport.peers().map((peer) => [peer.peerId, peer]))
  const ledgers = { genesisRoot: fromHex(genesisRoot)!, slot, isOwn: true }
  return [
    ...(await quickChecks(setup, timing, scheduler)),
    await checkClock(timeSources, scheduler),
    checkRanges(keys, slot),
    ...(await checkLedgers(setup, keys, ledgers)),
    await checkVerifyRate(pool, setup, setup.genesis.publicKeys.length),
    ...judgePeers(setup, slot >= 0, (peerId) => {
      const peer = connected.get(peerId)
      return peer === undefined
        ? { problem: 'not connected' }
        : { detail: `${peer.direction}, ${peer.agent}` }
    }),
  ]
}
