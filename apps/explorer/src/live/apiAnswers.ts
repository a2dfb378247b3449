import type { DutyOutcome, Lane, Mailbox, ModelEvent, Peer, Reference } from '../model/events.ts'
import { tickOf } from '../model/ticks.ts'
import type {
  ApiDuty,
  ApiReference,
  ApiVote,
  ChainAnswer,
  ClockAnswer,
  DutiesAnswer,
  EvidenceAnswer,
  ForkChoiceAnswer,
  HeaderAnswer,
  MailboxesAnswer,
  PeersAnswer,
  SpecAnswer,
  SyncingAnswer,
  VotesAnswer,
} from './apiShapes.ts'

/** A block as the API names it. */
export const reference = ({ root, slot }: ApiReference): Reference => ({ root, slot: Number(slot) })

/** What a node says of itself first. */
export function setupOf(
  name: string,
  { validator_count }: ChainAnswer,
  { genesis_time }: ClockAnswer,
  spec: SpecAnswer,
): ModelEvent {
  return {
    type: 'setup',
    name,
    validatorCount: validator_count,
    ticksPerSlot: spec.INTERVALS_PER_SLOT,
    genesisTime: genesis_time,
    millisecondsPerTick: spec.MILLISECONDS_PER_INTERVAL,
  }
}

/** Blocks, weights, checkpoints, head: in an order in which what is named is known. */
export function chainEvents(
  chain: ChainAnswer,
  forkChoice: ForkChoiceAnswer,
  history: readonly HeaderAnswer[],
): ModelEvent[] {
  const blocks = [...history].reverse().concat(forkChoice.nodes)
  return [
    ...(chain.slot >= 0 ? [{ type: 'tick', tick: tickOf(chain) } as const] : []),
    ...blocks.map(storedBlock),
    { type: 'weights', weights: new Map(forkChoice.nodes.map(({ root, weight }) => [root, weight])) },
    { type: 'finalized', checkpoint: reference(chain.finalized) },
    { type: 'justified', checkpoint: reference(chain.justified) },
    { type: 'safeTarget', safeTarget: reference(chain.safe_target) },
    { type: 'head', head: reference(chain.head) },
  ]
}

function storedBlock({ root, slot, parent_root, proposer_index }: HeaderAnswer): ModelEvent {
  return {
    type: 'block',
    block: { root, slot },
    parentRoot: parent_root,
    proposerIndex: proposer_index,
    votes: undefined,
    origin: 'stored',
    at: tickOf({ slot }),
  }
}

/** Votes that the node remembers, oldest first, and from which slot on they are all there. */
export function voteEvents(
  { slots, attestations, total }: VotesAnswer,
  clock: ClockAnswer,
  spec: SpecAnswer,
): ModelEvent[] {
  const oldest = attestations.at(-1)?.slot
  const isWhole = attestations.length >= total
  const from =
    oldest === undefined
      ? (slots[0] ?? (clock.last_tick?.slot ?? 0) + 1)
      : oldest + (isWhole && oldest <= 1 ? 0 : 1)
  const votes = [...attestations].reverse().map((vote): ModelEvent => {
    const at = Math.floor((vote.seen_at - clock.genesis_time) / spec.MILLISECONDS_PER_INTERVAL)
    return { type: 'vote', vote: voteOf(vote), origin: vote.in_block ? 'block' : vote.origin, at }
  })
  return [{ type: 'watched', from }, ...votes]
}

type BareVote = Omit<ApiVote, 'seen_at' | 'in_block'>

export function voteOf({ validator_index, slot, head, target, source }: BareVote) {
  return {
    validatorIndex: validator_index,
    slot,
    head: reference(head),
    target: reference(target),
    source: reference(source),
  }
}

export function dutyOf({ kind, slot, validator_index, outcome, reason, ...times }: ApiDuty): DutyOutcome {
  const milliseconds = times.data_time + times.reserve_time + times.sign_time
  return { kind, slot, validatorIndex: validator_index, outcome, reason, milliseconds }
}

export function dutiesEvents({ paused_because, validators }: DutiesAnswer): ModelEvent[] {
  const own = validators.map(({ validator_index, key_end_slot }) => ({
    validatorIndex: validator_index,
    keyEnd: key_end_slot ?? undefined,
  }))
  return [
    { type: 'dutiesPaused', reason: paused_because ?? undefined },
    { type: 'ownValidators', validators: own },
    ...validators.flatMap(({ last_results }) =>
      [...last_results].reverse().map((duty): ModelEvent => ({ type: 'duty', duty: dutyOf(duty) })),
    ),
  ]
}

export function peersEvent({ peers }: PeersAnswer): ModelEvent {
  return {
    type: 'peers',
    peers: peers.map(
      ({ peer_id, direction, agent, score, latency, status }): Peer => ({
        peerId: peer_id,
        direction,
        score,
        dialect: agent === '' ? undefined : agent,
        latency: latency ?? undefined,
        headSlot: status === null ? undefined : Number(status.head.slot),
        finalizedSlot: status === null ? undefined : Number(status.finalized.slot),
        isConnected: true,
      }),
    ),
  }
}

export function mailboxesEvent({ actors }: MailboxesAnswer): ModelEvent {
  const mailboxes = actors.map(
    ({ actor, state, restarts, failures, lanes }): Mailbox => ({
      actor: actor.replace(/^.*\//, ''),
      state,
      restarts,
      failures,
      lanes: lanes.map(
        ({ lane, capacity, depth, deepest, handled, refused, dropped, ...times }): Lane => ({
          lane,
          capacity,
          depth,
          deepest,
          handled,
          refused,
          dropped,
          meanWait: handled === 0 ? 0 : times.wait_total / handled,
          longestWait: times.wait_max,
          meanBusy: handled === 0 ? 0 : times.busy_total / handled,
        }),
      ),
    }),
  )
  return { type: 'mailboxes', mailboxes }
}

export function syncEvent({ state, head_slot, target_slot }: SyncingAnswer): ModelEvent {
  return { type: 'sync', state, headSlot: head_slot, targetSlot: target_slot }
}

export function evidenceEvents({ evidence }: EvidenceAnswer): ModelEvent[] {
  return evidence.map(({ kind, validator_index, proposer_index, slot, is_proof }) => ({
    type: 'equivocation',
    kind: kind === 'two_votes' ? 'twoVotes' : 'twoBlocks',
    validatorIndex: validator_index ?? proposer_index ?? -1,
    slot,
    isProof: is_proof ?? true,
  }))
}
