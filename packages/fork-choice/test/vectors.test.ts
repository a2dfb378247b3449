import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  attestationType,
  blockType,
  blockWithAttestationType,
  type Checkpoint,
  fromHex,
  type SignedAttestation,
  stateType,
  toHex,
} from '@trine/types'
import { expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { getForkchoiceStore, type Store } from '../src/index.ts'

const folder = vectorsPath('devnet1', 'random')
const NO_SIGNATURE = new Uint8Array(0)

it.each(readdirSync(folder).filter((name) => name.startsWith('forkchoice-')))('%s', (name) => {
  const vector = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const state = stateType.deserializeToViewDU(fromHex(vector.anchorState)!)
  const started = getForkchoiceStore(state, blockType.deserialize(fromHex(vector.anchorBlock)!))
  if (!started.ok) throw new Error(started.error.code)
  for (const [index, step] of vector.steps.entries()) {
    expect({ isValid: apply(started.value, step), ...view(started.value) }, `step ${index}`).toEqual({
      isValid: step.valid,
      ...step.store,
    })
  }
})

function apply(store: Store, step: { type: string; [field: string]: unknown }): boolean {
  if (step.type === 'tick') {
    store.onTick(step['time'] as number, step['hasProposal'] as boolean)
    return true
  }
  if (step.type === 'block') {
    const message = blockWithAttestationType.deserialize(fromHex(step['block'] as string)!)
    return store.onBlock({ message, signature: [] }).ok
  }
  const message = attestationType.deserialize(fromHex(step['attestation'] as string)!)
  return store.onAttestation({ message, signature: NO_SIGNATURE }).ok
}

function view(store: Store) {
  const target = store.getAttestationTarget()
  const roots = (votes: ReadonlyMap<number, SignedAttestation>) =>
    Object.fromEntries(
      [...votes].map(([v, { message }]) => [v, toHex(attestationType.hashTreeRoot(message))]),
    )
  return {
    time: store.time,
    head: toHex(store.head.root),
    safeTarget: toHex(store.safeTarget.root),
    justified: plain(store.latestJustified),
    finalized: plain(store.latestFinalized),
    ...(target.ok ? { attestationTarget: plain(target.value) } : {}),
    known: roots(store.latestKnownAttestations),
    new: roots(store.latestNewAttestations),
  }
}

function plain({ root, slot }: Checkpoint) {
  return { root: toHex(root), slot }
}
