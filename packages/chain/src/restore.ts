import type { StoredImport } from '@trine/messages'
import { fromHex, PRESET, type Slot, toHex } from '@trine/types'
import type { EarlierLife } from './recovery.ts'
import type { Rooms } from './rooms.ts'

/**
 * Makes the tree, the votes and the heads again as they were in an earlier life, without verifying anything or telling
 * anybody. Blocks are read some at a time, so that memory stays bounded; no transition is computed but for the state of
 * the head, from the nearest one that is stored.
 *
 * @param advanceTo moves the clock of the fork-choice store on, to intervals since genesis
 */
export async function restore(
  rooms: Rooms,
  earlier: EarlierLife,
  advanceTo: (time: number) => void,
): Promise<void> {
  const { store, announcer } = rooms
  const first = Number(store.head.slot)
  // A block that came late may carry votes of slots after its own.
  advanceTo(earlier.heads.time)
  for (let after = first; ; ) {
    const imports = await earlier.readImports(after)
    const last = imports.at(-1)
    if (last === undefined) break
    after = Number(last.signedBlock.message.block.slot)
    advanceTo(after * PRESET.intervalsPerSlot)
    for (const block of imports) await restoreBlock(rooms, earlier, block, first)
  }
  await restoreVotes(rooms, earlier)
  await restoreHeadState(rooms, earlier)
  announcer.rebase()
}

/** Its votes may name a block from before the tree, beside the chain: that is among what is stored. */
async function restoreBlock(
  { store, importer, parts }: Rooms,
  { readBlock }: EarlierLife,
  block: StoredImport,
  first: Slot,
): Promise<void> {
  for (let missing = importer.restore(block); missing !== undefined; missing = importer.restore(block)) {
    const named = await readBlock(missing)
    const slot = Number(named?.signedBlock.message.block.slot)
    if (named === undefined || slot > first) return
    store.settle(missing, slot)
    parts.onStoreStep?.({ type: 'settled', root: missing, slot })
  }
}

async function restoreVotes(
  { store, ledger, parts }: Rooms,
  { heads, readVotes }: EarlierLife,
): Promise<void> {
  const votes = await readVotes()
  if (votes.length === 0) return
  const known = votes.flatMap((latest) => latest.known ?? [])
  const waiting = votes.flatMap((latest) => latest.new ?? [])
  const earlierVotes = { known, waiting, safeTarget: fromHex(heads.safeTarget.root)! }
  store.restore(earlierVotes)
  parts.onStoreStep?.({ type: 'votes', ...earlierVotes })
  for (const vote of [...known, ...waiting]) ledger.noteRestored(vote)
}

/** The next proposal needs the state of the head at once. */
async function restoreHeadState(
  { store, states, replay }: Rooms,
  { storedStates, readState }: EarlierLife,
): Promise<void> {
  const stored = new Set(storedStates.map(({ root }) => root))
  const head = toHex(store.head.root)
  let block = store.getBlock(head)
  while (block !== undefined && !states.has(block.rootHex) && !stored.has(block.rootHex)) {
    block = store.getBlock(toHex(block.parentRoot))
  }
  const state = block && !states.has(block.rootHex) && (await readState(block.rootHex))
  if (block && state) states.set(block.rootHex, state)
  replay.request(head, () => {})
  while (replay.hasWork) replay.work()
}
