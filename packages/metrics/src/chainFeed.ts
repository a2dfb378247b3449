import type { ChainEvent } from '@trine/messages'
import type { Instruments } from './instruments.ts'
import type { Position } from './position.ts'

type EventOf<Type extends ChainEvent['type']> = Extract<ChainEvent, { readonly type: Type }>

/** Takes down what the chain tells. */
export function feedChain(made: Instruments, position: Position, event: ChainEvent): void {
  switch (event.type) {
    case 'chainStarted':
      made.networkValidators.set(event.validatorCount)
      made.safeTargetSlot.set(event.safeTarget.slot)
      position.head = event.head.slot
      setJustified(made, event.justified.slot)
      return setFinalized(made, position, event.finalized.slot)
    case 'head':
      position.head = event.head.slot
      return
    case 'safeTarget':
      return made.safeTargetSlot.set(event.safeTarget.slot)
    case 'justified':
      return setJustified(made, event.checkpoint.slot)
    case 'finalized':
      made.finalizations.inc({ result: 'success' })
      return setFinalized(made, position, event.checkpoint.slot)
    case 'finalityConflict':
      made.finalizations.inc({ result: 'error' })
      return made.finalityConflicts.inc()
    case 'reorg':
      made.reorgs.inc()
      return made.reorgDepth.observe(event.depth)
    case 'block':
      return noteBlock(made, event)
    case 'blockBuilding':
      made.buildingTime.observe(event.time / 1000)
      return event.outcome === 'built' ? made.buildingSuccess.inc() : made.buildingFailures.inc()
    case 'blockRejected':
      return made.blocksRejected.inc({ reason: event.reason })
    case 'blockWaiting':
      return made.blocksWaiting.inc({ waits_for: event.waitsFor })
    case 'evidence':
      return made.equivocations.inc({ kind: event.evidence.kind })
    case 'storeFailed':
      made.storeFailures.inc()
      return made.storeUnwritten.set(event.unwrittenBlocks)
    case 'storeRecovered':
      return made.storeUnwritten.set(0)
    default:
      return feedVotes(made, event)
  }
}

function feedVotes(
  made: Instruments,
  event: EventOf<'attestation' | 'attestationRejected' | 'signaturesVerified'>,
): void {
  if (event.type === 'signaturesVerified') return noteSignatures(made, event)
  if (event.type === 'attestation') {
    made.attestationsValid.inc()
    made.attestations.inc({ origin: event.origin })
  } else {
    made.attestationsInvalid.inc()
    made.attestationsRejected.inc({ reason: event.reason })
  }
  const { validationTime } = event
  if (validationTime !== undefined) made.attestationValidationTime.observe(validationTime / 1000)
}

function noteSignatures(made: Instruments, { valid, invalid, time }: EventOf<'signaturesVerified'>): void {
  const count = valid + invalid
  made.signaturesValid.inc(valid)
  made.signaturesInvalid.inc(invalid)
  made.verificationBatch.observe(count)
  made.verificationBatchTime.observe(time / 1000)
  for (let index = 0; index < count; index += 1) made.verificationTime.observe(time / 1000 / count)
}

function noteBlock(made: Instruments, event: EventOf<'block'>): void {
  const { origin, phases } = event
  made.blocks.inc({ origin })
  made.blockImportTime.observe({ origin }, event.importTime / 1000)
  made.blockProcessingTime.observe(event.processingTime / 1000)
  if (phases === undefined) return
  made.transitionTime.observe(event.transitionTime / 1000)
  made.transitionSlots.inc(phases.slots)
  made.transitionSlotsTime.observe(phases.slotsTime / 1000)
  made.transitionBlockTime.observe((phases.headerTime + phases.attestationsTime) / 1000)
  made.transitionAttestations.inc(event.attestations)
  made.transitionAttestationsTime.observe(phases.attestationsTime / 1000)
}

function setJustified(made: Instruments, slot: number): void {
  made.latestJustifiedSlot.set(slot)
  made.justifiedSlot.set(slot)
}

function setFinalized(made: Instruments, position: Position, slot: number): void {
  position.finalized = slot
  made.latestFinalizedSlot.set(slot)
  made.finalizedSlot.set(slot)
}
