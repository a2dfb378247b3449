import type { AttestationDuty, BlockProposal } from '@trine/messages'
import { type AttestationData, type Checkpoint, type Slot, sameCheckpoint, toHex } from '@trine/types'
import type { readGenesis, readSpec } from './answers.ts'
import type { NetworkFacts } from './parts.ts'

/** Nodes are believed nothing that can be checked. Each function says what is wrong, or nothing when all is well. */

type Answer<R extends (body: Uint8Array) => unknown> =
  Extract<ReturnType<R>, { readonly ok: true }> extends { readonly value: infer T } ? T : never

/** Whether the protocol that a node runs is ours. */
export function wrongSpec(spec: Answer<typeof readSpec>, network: NetworkFacts): string | undefined {
  const { millisecondsPerInterval, intervalsPerSlot } = network.timing
  return differences({
    MILLISECONDS_PER_INTERVAL: [millisecondsPerInterval, spec.MILLISECONDS_PER_INTERVAL],
    INTERVALS_PER_SLOT: [intervalsPerSlot, spec.INTERVALS_PER_SLOT],
    FORK_DIGEST: [network.networkName, spec.FORK_DIGEST],
    SIGNATURE_ENCODING: [network.signatureEncoding, spec.SIGNATURE_ENCODING],
  })
}

/** Whether a node's chain began as ours. The genesis root vouches for the keys of all validators. */
export function wrongGenesis(genesis: Answer<typeof readGenesis>, network: NetworkFacts): string | undefined {
  return differences({
    genesis_time: [network.timing.genesisTime / 1000, genesis.genesis_time],
    validator_count: [network.validatorCount, genesis.validator_count],
    genesis_root: [network.genesisRoot, genesis.genesis_root],
  })
}

/** What no honest node would have us vote for. */
export function wrongDuty({ data, headRoot }: AttestationDuty, slot: Slot): string | undefined {
  const actual = toHex(data.head.root)
  if (actual !== headRoot) return `head_root: expected the root of data.head ${actual}, got ${headRoot}`
  return wrongVote(data, slot) ?? wrongOrder('target', data.target, 'source', data.source)
}

/** What no honest node would have a proposer sign. `root` was computed from the block. */
export function wrongProposal(
  { root, block, proposerAttestationData: data, validatorIndex }: BlockProposal & { validatorIndex: number },
  slot: Slot,
  proposer: number,
): string | undefined {
  const head = toHex(data.head.root)
  const early = block.body.attestations.findIndex((attestation) => attestation.data.slot > slot)
  return (
    differences({
      'block.slot': [slot, block.slot],
      'block.proposerIndex': [proposer, block.proposerIndex],
      'proposerAttestation.validatorIndex': [proposer, validatorIndex],
      'proposerAttestation.data.head.root': [root, head],
      'proposerAttestation.data.head.slot': [slot, data.head.slot],
    }) ??
    (early < 0 ? undefined : `block.body.attestations.${early}: expected a vote of slot ${slot} or before`) ??
    wrongVote(data, slot)
  )
}

function wrongVote(data: AttestationData, slot: Slot): string | undefined {
  if (data.slot !== slot) return `data.slot: expected ${slot}, got ${data.slot}`
  if (data.head.slot > slot) return `data.head.slot: expected at most ${slot}, got ${data.head.slot}`
  return (
    wrongOrder('head', data.head, 'target', data.target) ??
    wrongOrder('head', data.head, 'source', data.source)
  )
}

/**
 * The earlier one is not after the later one, and where both are at one slot they are one block. Slot 0 excepted: before
 * the first block a state names its checkpoints there with a root of zeros.
 */
function wrongOrder(
  laterName: string,
  later: Checkpoint,
  earlierName: string,
  earlier: Checkpoint,
): string | undefined {
  if (earlier.slot > later.slot) {
    return `data.${earlierName}.slot: expected at most ${later.slot}, the slot of the ${laterName}, got ${earlier.slot}`
  }
  if (earlier.slot < later.slot || later.slot === 0 || sameCheckpoint(earlier, later)) return undefined
  return `data.${earlierName}.root: expected that of the ${laterName} at the same slot ${later.slot}, got ${toHex(earlier.root)}`
}

function differences(fields: Readonly<Record<string, readonly [unknown, unknown]>>): string | undefined {
  const found = Object.entries(fields).find(([, [expected, actual]]) => expected !== actual)
  return found && `${found[0]}: expected ${found[1][0]}, got ${found[1][1]}`
}
