import type { ModelEvent } from '../model/events.ts'
import { Model } from '../model/model.ts'
import type { Connection } from '../page/source.ts'
import {
  chainEvents,
  dutiesEvents,
  evidenceEvents,
  mailboxesEvent,
  peersEvent,
  setupOf,
  syncEvent,
  voteEvents,
} from './apiAnswers.ts'
import { createReader, oneAtATime, type ReadAnswer } from './apiReader.ts'
import type {
  ChainAnswer,
  ClockAnswer,
  DutiesAnswer,
  EvidenceAnswer,
  ForkChoiceAnswer,
  HeaderAnswer,
  IdentityAnswer,
  MailboxesAnswer,
  PeersAnswer,
  SpecAnswer,
  SyncingAnswer,
  VotesAnswer,
} from './apiShapes.ts'
import { EVENTS_PATH, eventsOfTopic } from './apiTopics.ts'
import { readEventStream } from './eventStream.ts'

/** Blocks before the finalized one that are fetched at the start, one by one. */
const HISTORY_BLOCKS = 24

/** Votes fetched at the start, in pages. */
const MOST_VOTES = 4096
const VOTES_PAGE = 256

/** Milliseconds before a lost node is tried again: doubled each time up to the longer one. */
const RETRY = { first: 1000, longest: 10_000 }

/** Follows one node: reads where it stands, then listens. Goes on when the node comes back. */
export class NodeFeed {
  readonly url: string
  model = new Model()
  name: string
  connection: Connection = { isLive: false, text: 'Connecting…' }
  readonly #onChange: () => void
  #genesis = ''
  #attempts = 0
  #lostAt: Date | undefined

  constructor(url: string, onChange: () => void) {
    this.url = url.replace(/\/+$/, '')
    this.name = new URL(url).host
    this.#onChange = onChange
  }

  /** Listens for ever. */
  async run(): Promise<never> {
    for (;;) {
      const reason = await this.#listen().catch((error: Error) => error.message)
      this.#lostAt ??= new Date()
      this.#attempts += 1
      const delay = Math.min(RETRY.longest, RETRY.first * 2 ** (this.#attempts - 1))
      const since = this.#lostAt.toLocaleTimeString('en-GB')
      this.#connected(false, `Disconnected since ${since}, reconnecting… (${reason})`)
      await new Promise((resolve) => setTimeout(resolve, delay))
    }
  }

  /** One connection, from its first answer to its end. Events that come before the answers wait for them. */
  async #listen(): Promise<string> {
    const abort = new AbortController()
    const read = createReader(this.url, abort.signal)
    let waiting: ModelEvent[] | undefined = []
    const take = (events: readonly ModelEvent[]) => {
      if (waiting === undefined) this.#apply(events)
      else waiting.push(...events)
    }
    const catchUp = oneAtATime(async () => {
      waiting ??= []
      await this.#readStanding(read)
      abort.signal.throwIfAborted()
      const missed = waiting
      waiting = undefined
      this.#apply(missed)
      this.#attempts = 0
      this.#lostAt = undefined
      this.#connected(true, 'Live')
      void this.#readFigures(read)
    })
    const readAgain = () => void catchUp().catch((error) => abort.abort(error))
    const onEvent = (topic: string, data: unknown) => {
      take(eventsOfTopic(topic, data))
      if (topic === 'chain_started') readAgain()
      if (topic === 'interval' && (data as { interval: number }).interval === 3) void this.#readFigures(read)
    }
    try {
      await readEventStream(`${this.url}${EVENTS_PATH}`, { onEvent, onLag: readAgain }, readAgain, abort)
    } finally {
      // Answers that are still to come are of no use any more, and may never come.
      abort.abort()
    }
    return 'the node ended the connection'
  }

  /** Where the node stands: what there was before we listened. */
  async #readStanding(read: ReadAnswer): Promise<void> {
    const [chain, forkChoice, clock, spec, identity, genesis] = await Promise.all([
      read<ChainAnswer>('/chain'),
      read<ForkChoiceAnswer>('/fork_choice'),
      read<ClockAnswer>('/clock'),
      read<SpecAnswer>('/config/spec'),
      read<IdentityAnswer>('/node/identity'),
      read<{ genesis_root: string; genesis_time: number }>('/genesis'),
    ])
    const chainName = `${genesis.genesis_root} ${genesis.genesis_time}`
    if (this.#genesis !== chainName) this.model = new Model()
    this.#genesis = chainName
    this.name = identity.name
    const [history, votes] = await Promise.all([
      this.#history(read, forkChoice),
      this.#votes(read, chain.validator_count),
    ])
    this.#apply([
      setupOf(identity.name, chain, clock, spec),
      ...chainEvents(chain, forkChoice, history),
      ...voteEvents(votes, clock, spec),
    ])
    const [duties, evidence, syncing] = await Promise.all([
      read<DutiesAnswer>('/duties?limit=100'),
      read<EvidenceAnswer>('/evidence?limit=100'),
      read<SyncingAnswer>('/node/syncing'),
    ])
    if (this.model.duties.size > 0)
      duties.validators = duties.validators.map((own) => ({ ...own, last_results: [] }))
    this.#apply([...dutiesEvents(duties), ...evidenceEvents(evidence), syncEvent(syncing)])
  }

  /** Ancestors of the oldest block of the tree, as far as they are wanted and not known. */
  async #history(read: ReadAnswer, { nodes }: ForkChoiceAnswer): Promise<HeaderAnswer[]> {
    const headers: HeaderAnswer[] = []
    let [oldest] = nodes as readonly HeaderAnswer[]
    while (oldest !== undefined && oldest.slot > 0 && headers.length < HISTORY_BLOCKS) {
      if (this.model.blocks.has(oldest.parent_root)) break
      oldest = await read<HeaderAnswer>(`/headers/${oldest.parent_root}`).catch(() => undefined)
      if (oldest !== undefined) headers.push(oldest)
    }
    return headers
  }

  async #votes(read: ReadAnswer, validatorCount: number): Promise<VotesAnswer> {
    const wanted = Math.min(MOST_VOTES, Math.max(1024, 32 * validatorCount))
    const all = await read<VotesAnswer>(`/attestations?limit=${VOTES_PAGE}&offset=0`)
    while (all.attestations.length < Math.min(wanted, all.total)) {
      const offset = all.attestations.length
      const next = await read<VotesAnswer>(`/attestations?limit=${VOTES_PAGE}&offset=${offset}`)
      if (next.attestations.length === 0) break
      all.attestations.push(...next.attestations)
    }
    return all
  }

  /** What has no events of its own: once per slot, and not while nobody looks. */
  async #readFigures(read: ReadAnswer): Promise<void> {
    if (document.hidden && this.model.mailboxes.length > 0) return
    try {
      const [mailboxes, peers] = await Promise.all([
        read<MailboxesAnswer>('/mailboxes'),
        read<PeersAnswer>('/node/peers?limit=100'),
      ])
      this.#apply([mailboxesEvent(mailboxes), peersEvent(peers)])
    } catch {
      // The stream tells when the node is gone.
    }
  }

  #apply(events: readonly ModelEvent[]): void {
    for (const event of events) this.model.apply(event)
    this.#onChange()
  }

  #connected(isLive: boolean, text: string): void {
    this.connection = { isLive, text }
    this.#onChange()
  }
}
