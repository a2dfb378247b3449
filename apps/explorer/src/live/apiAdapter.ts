import type { DutyOutcome, Lane, Mailbox, ModelEvent, Peer, Reference } from '../model/events.ts'

/**
 * The only place that knows the shapes of the node's HTTP API (packages/api/README.md): paths, answers and events in,
 * the model's own events out.
 */

export const TOPICS = [
  'interval',
  'head',
  'block',
  'attestation',
  'justified_checkpoint',
  'finalized_checkpoint',
  'safe_target',
  'reorg',
  'chain_started',
  'rejection',
  'duty',
  'duties_state',
  'peer',
  'sync',
  'evidence',
  'clock',
  'alarm',
] as const

export const EVENTS_PATH = `/lean/v0/events?topics=${TOPICS.join(',')}`

export type ApiReference = { slot: number; root: string }
type ApiVote = {
  validator_index: number
  slot: number
  head: ApiReference
  target: ApiReference
  source: ApiReference
  origin: 'gossip' | 'block' | 'own'
  seen_at: number
  in_block: boolean
}
type ApiDuty = {
  kind: 'block' | 'attestation'
  slot: number
  validator_index: number
  outcome: 'published' | 'skipped' | 'failed'
  reason: string
  data_time: number
  reserve_time: number
  sign_time: number
}

export type ChainAnswer = {
  slot: number
  interval: number
  head: ApiReference
  safe_target: ApiReference
  justified: ApiReference
  finalized: ApiReference
  validator_count: number
}
export type ForkChoiceAnswer = {
  nodes: { root: string; slot: number; parent_root: string; proposer_index: number; weight: number }[]
}
export type HeaderAnswer = { root: string; slot: number; parent_root: string; proposer_index: number }
export type ClockAnswer = { genesis_time: number; last_tick: { slot: number; interval: number } | null }
export type SpecAnswer = { INTERVALS_PER_SLOT: number; MILLISECONDS_PER_INTERVAL: number }
export type IdentityAnswer = { name: string; version: string }
export type VotesAnswer = { slots: number[]; attestations: ApiVote[]; total: number }
export type DutiesAnswer = {
  paused_because: string | null
  validators: { validator_index: number; last_results: ApiDuty[]; key_end_slot: number | null }[]
  total: number
}
export type PeersAnswer = {
  peers: {
    peer_id: string
    direction: 'inbound' | 'outbound'
    agent: string
    score: number
    latency?: number | null
    status: { finalized: ApiReference; head: ApiReference } | null
  }[]
}
export type MailboxesAnswer = {
  actors: {
    actor: string
    state: string
    restarts: number
    failures: number
    lanes: {
      lane: string
      capacity: number
      depth: number
      deepest: number
      handled: number
      refused: number
      dropped: number
      wait_total: number
      wait_max: number
      busy_total: number
    }[]
  }[]
}
export type SyncingAnswer = { state: 'idle' | 'syncing' | 'synced'; head_slot: number; target_slot: number }
export type EvidenceAnswer = {
  evidence: {
    kind: 'two_votes' | 'two_blocks'
    validator_index?: number
    proposer_index?: number
    slot: number
    is_proof?: boolean
  }[]
}

const reference = ({ root, slot }: ApiReference): Reference => ({ root, slot: Number(slot) })

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
    ...(chain.slot >= 0 ? [tickOf(chain)] : []),
    ...blocks.map(storedBlock),
    { type: 'weights', weights: new Map(forkChoice.nodes.map(({ root, weight }) => [root, weight])) },
    { type: 'finalized', checkpoint: reference(chain.finalized) },
    { type: 'justified', checkpoint: reference(chain.justified) },
    { type: 'safeTarget', safeTarget: reference(chain.safe_target) },
    { type: 'head', head: reference(chain.head) },
  ]
}

function tickOf({ slot, interval }: { slot: number; interval: number }): ModelEvent {
  return { type: 'tick', tick: slot * 4 + interval, lateness: 0 }
}

function storedBlock({ root, slot, parent_root, proposer_index }: HeaderAnswer): ModelEvent {
  return {
    type: 'block',
    block: { root, slot },
    parentRoot: parent_root,
    proposerIndex: proposer_index,
    votes: undefined,
    origin: 'stored',
    at: slot * 4,
  }
}

/** Votes that the node remembers, oldest first, and from which slot on they are all there. */
export function voteEvents(
  { slots, attestations }: VotesAnswer,
  total: number,
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

function voteOf({ validator_index, slot, head, target, source }: BareVote) {
  return {
    validatorIndex: validator_index,
    slot,
    head: reference(head),
    target: reference(target),
    source: reference(source),
  }
}

function dutyOf({ kind, slot, validator_index, outcome, reason, ...times }: ApiDuty): DutyOutcome {
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

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes; every reader below takes only what it names
type Json = any

const readers: Readonly<Record<string, (data: Json) => ModelEvent[]>> = {
  interval: (data) => [{ ...tickOf(data), lateness: data.lateness } as ModelEvent],
  head: (data) => [{ type: 'head', head: reference(data) }],
  block: (data) => [
    {
      type: 'block',
      block: reference(data),
      parentRoot: data.parent_root,
      proposerIndex: data.proposer_index,
      votes: data.attestations,
      origin: data.origin,
    },
  ],
  attestation: (data) => [{ type: 'vote', vote: voteOf(data), origin: data.origin }],
  justified_checkpoint: (data) => [{ type: 'justified', checkpoint: reference(data) }],
  finalized_checkpoint: (data) => [{ type: 'finalized', checkpoint: reference(data) }],
  safe_target: (data) => [{ type: 'safeTarget', safeTarget: reference(data) }],
  reorg: ({ from, to, depth }) => [{ type: 'reorg', from: reference(from), to: reference(to), depth }],
  rejection: (data) =>
    data.kind === 'block' ? notice('warning', `Block of slot ${data.slot} rejected: ${data.message}`) : [],
  duty: (data) => [{ type: 'duty', duty: dutyOf(data) }],
  duties_state: (data) => [{ type: 'dutiesPaused', reason: data.paused_because ?? undefined }],
  peer: peerEvents,
  sync: (data) => [syncEvent(data)],
  evidence: (data) => evidenceEvents({ evidence: [data] }),
  clock: clockEvents,
  alarm: (data) => notice('error', `${alarmName(data)}${data.message}`),
}

function alarmName({ kind, actor }: Json): string {
  if (kind === 'actor_failed') return `The ${actor} service failed: `
  return kind === 'store_failed' ? 'The disk does not take blocks: ' : 'Facts about finality disagree: '
}

function notice(level: 'info' | 'warning' | 'error', text: string): ModelEvent[] {
  return [{ type: 'notice', level, text }]
}

function clockEvents(data: Json): ModelEvent[] {
  if (data.kind === 'intervals_skipped') {
    return notice('warning', `${data.count} intervals had no tick: the machine slept, or its clock jumped`)
  }
  return data.kind === 'clock_stepped'
    ? notice('warning', `The clock was set by ${data.milliseconds} ms`)
    : []
}

function peerEvents(data: Json): ModelEvent[] {
  const peerId: string = data.peer_id
  switch (data.kind) {
    case 'connected':
      return [
        {
          type: 'peer',
          peer: {
            peerId,
            direction: data.direction,
            isConnected: true,
            ...(data.agent && { dialect: data.agent }),
          },
        },
      ]
    case 'disconnected':
      return [{ type: 'peer', peer: { peerId, isConnected: false } }]
    case 'scored':
      return [{ type: 'peer', peer: { peerId, score: data.score } }]
    case 'banned':
      return notice('warning', `Peer ${peerId} is banned: ${data.reason}`)
    default:
      return []
  }
}

/** What an event of the stream tells the model. Topics that are not known tell nothing. */
export function eventsOfTopic(topic: string, data: unknown): readonly ModelEvent[] {
  return readers[topic]?.(data) ?? []
}
