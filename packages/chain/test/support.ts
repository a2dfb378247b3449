import type { ActorHandle, Reply } from '@trine/actors'
import { createLab, type Lab, type Neighbour } from '@trine/actors/testing'
import {
  type ChainMessage,
  type ChainView,
  chainLanes,
  type NetworkMessage,
  type NodeEvent,
  type RootedBlock,
  type SyncMessage,
  type ValidatorMessage,
  type VerificationItem,
  type Verifier,
} from '@trine/messages'
import {
  blockRoot,
  genesisBlock,
  processBlock,
  processSlots,
  proposerOf,
  stateRoot,
} from '@trine/state-transition'
import {
  type Attestation,
  attestationType,
  type Block,
  bytesEqual,
  type Checkpoint,
  type RootHex,
  type SignedAttestation,
  type State,
  toHex,
  ZERO_ROOT,
} from '@trine/types'
import { genesis, unwrap } from '../../state-transition/test/support.ts'
import { type ChainParts, createChain } from '../src/index.ts'

export { unwrap }

/** A signature that the test verifier takes for valid: the first bytes of what is signed. */
export function sign(message: Attestation): SignedAttestation {
  return { message, signature: attestationType.hashTreeRoot(message).slice(0, 8) }
}

/** The same vote with a signature that is not valid. */
export function forge({ message }: SignedAttestation): SignedAttestation {
  return { message, signature: new Uint8Array(8).fill(0xff) }
}

export class TestVerifier implements Verifier {
  readonly verified: VerificationItem[] = []
  readonly batches: number[] = []
  /** While true nothing is answered. */
  isStuck = false
  readonly #waiting: (() => void)[] = []

  verify(items: readonly VerificationItem[], reply: Reply<readonly boolean[]>): void {
    this.verified.push(...items)
    this.batches.push(items.length)
    const verdicts = items.map(({ message, signature }) => bytesEqual(message.slice(0, 8), signature))
    const answer = () => void reply.answer(verdicts)
    if (this.isStuck) this.#waiting.push(answer)
    else answer()
  }

  /** Answers all that waited. */
  goOn(): void {
    this.isStuck = false
    for (const answer of this.#waiting.splice(0)) answer()
  }
}

export type BlockOptions = {
  readonly votes?: readonly SignedAttestation[]
  /** Instead of the proposer's vote for the block itself. */
  readonly proposerVote?: SignedAttestation
  /** Who proposes; a wrong one makes the block invalid. */
  readonly proposerIndex?: number
  readonly stateRoot?: Uint8Array
}

/** Blocks and votes for a chain of tests: any blocks on any parents, with any votes. */
export class Tree {
  readonly validatorCount: number
  readonly state: State
  readonly genesis: Checkpoint
  readonly genesisBlock: Block
  readonly states = new Map<RootHex, State>()

  constructor(validatorCount: number) {
    this.validatorCount = validatorCount
    const { state, checkpoint } = genesis(validatorCount)
    this.state = state
    this.genesis = checkpoint
    this.genesisBlock = genesisBlock(state)
    this.states.set(toHex(checkpoint.root), state)
  }

  /** A vote of a validator for a slot; everything not said is as in genesis. */
  vote(
    validatorIndex: number,
    slot: number,
    head: Checkpoint,
    { target = head, source = this.genesis }: { target?: Checkpoint; source?: Checkpoint } = {},
  ): SignedAttestation {
    return sign({ validatorIndex, data: { slot, head, target, source } })
  }

  /** A block on a parent, whose proposer votes for it if nothing else is said. */
  block(parent: Checkpoint, slot: number, options: BlockOptions = {}): RootedBlock {
    const { votes = [], proposerIndex = proposerOf(slot, this.validatorCount) } = options
    const unfinished: Block = {
      slot,
      proposerIndex,
      parentRoot: parent.root,
      stateRoot: ZERO_ROOT,
      body: { attestations: votes.map(({ message }) => message) },
    }
    const parentState = this.states.get(toHex(parent.root))
    const post = parentState && this.#postState(parentState, unfinished)
    const block = { ...unfinished, stateRoot: options.stateRoot ?? (post ? stateRoot(post) : ZERO_ROOT) }
    const root = blockRoot(block)
    const rootHex = toHex(root)
    if (post) this.states.set(rootHex, post)
    const proposerVote =
      options.proposerVote ?? this.vote(proposerIndex, slot, { root, slot }, { target: parent })
    return {
      root: rootHex,
      signedBlock: {
        message: { block, proposerAttestation: proposerVote.message },
        signature: [...votes, proposerVote].map(({ signature }) => signature),
      },
    }
  }

  /** A chain of blocks, one per slot, from the slot after the parent's. */
  chain(length: number, parent: Checkpoint = this.genesis): RootedBlock[] {
    const blocks: RootedBlock[] = []
    let last = parent
    for (let count = 0; count < length; count++) {
      const block = this.block(last, Number(last.slot) + 1)
      blocks.push(block)
      last = checkpoint(block)
    }
    return blocks
  }

  #postState(parentState: State, block: Block): State | undefined {
    const advanced = processSlots(parentState, Number(block.slot))
    if (!advanced.ok) return undefined
    const post = processBlock(advanced.value, block)
    return post.ok ? post.value.clone(true) : undefined
  }
}

/** Root and slot of a block. */
export function checkpoint({ signedBlock }: RootedBlock): Checkpoint {
  const { block } = signedBlock.message
  return { root: blockRoot(block), slot: block.slot }
}

export type WorldOptions = Partial<Omit<ChainParts, 'anchor'>> & {
  readonly validatorCount?: number
  readonly tree?: Tree
}

/** A ChainService alone, with scripted neighbours. */
export class World {
  readonly lab: Lab
  readonly tree: Tree
  readonly verifier = new TestVerifier()
  readonly events: NodeEvent[] = []
  readonly network: Neighbour<NetworkMessage>
  readonly sync: Neighbour<SyncMessage>
  readonly validator: Neighbour<ValidatorMessage>
  readonly parts: ChainParts
  chain: ActorHandle<ChainMessage>
  #messageIds = 0

  constructor({ validatorCount = 4, tree = new Tree(validatorCount), ...parts }: WorldOptions = {}) {
    this.lab = createLab()
    this.tree = tree
    this.network = this.lab.neighbour('network')
    this.sync = this.lab.neighbour('sync')
    this.validator = this.lab.neighbour('validator')
    this.parts = {
      anchor: { state: tree.state, block: tree.genesisBlock },
      ownValidators: [],
      verifier: this.verifier,
      events: { emit: (event) => void this.events.push(event) },
      network: this.network.ref,
      sync: this.sync.ref,
      validator: this.validator.ref,
      ...parts,
    }
    this.chain = this.lab.spawn('chain', chainLanes, createChain(this.parts))
  }

  async tick(slot: number, interval = 0): Promise<void> {
    this.tell({ type: 'tick', slot, interval, skipped: 0 })
    await this.lab.settle()
  }

  tell(message: ChainMessage): void {
    if (!this.chain.ref.tell(message)) throw new Error(`chain refused ${message.type}`)
  }

  /** Hands over blocks from gossip; returns the ids of their messages. */
  async gossip(blocks: readonly RootedBlock[], peerId = 'peer'): Promise<string[]> {
    const ids = blocks.map((block) => {
      const messageId = this.#nextId()
      this.tell({ type: 'block', block, origin: { from: 'gossip', gossip: { messageId, peerId } } })
      return messageId
    })
    await this.lab.settle()
    return ids
  }

  async gossipVotes(votes: readonly SignedAttestation[], peerId = 'peer'): Promise<string[]> {
    const ids = votes.map((signedAttestation) => {
      const messageId = this.#nextId()
      this.tell({ type: 'attestation', signedAttestation, gossip: { messageId, peerId } })
      return messageId
    })
    await this.lab.settle()
    return ids
  }

  async request(blocks: readonly RootedBlock[], peerId = 'server'): Promise<void> {
    for (const block of blocks) this.tell({ type: 'block', block, origin: { from: 'request', peerId } })
    await this.lab.settle()
  }

  /** Reasons of the verdicts that were told for messages, in order; fails when one has not exactly one. */
  reasons(ids: readonly string[]): string[] {
    return this.verdicts(ids).map(({ reason }) => reason)
  }

  verdicts(ids: readonly string[]): { verdict: string; reason: string }[] {
    return ids.map((id) => {
      const told = this.network.of('verdict').filter(({ gossip }) => gossip.messageId === id)
      if (told.length !== 1) throw new Error(`${id}: expected one verdict, got ${JSON.stringify(told)}`)
      const [{ verdict, reason }] = told as [(typeof told)[0]]
      return { verdict, reason }
    })
  }

  eventsOf<K extends NodeEvent['type']>(type: K): Extract<NodeEvent, { type: K }>[] {
    return this.events.filter((event): event is Extract<NodeEvent, { type: K }> => event.type === type)
  }

  async view(): Promise<ChainView> {
    return unwrapAsk(await this.lab.ask(this.chain.ref, { type: 'getChain' }))
  }

  /** Slot of the head. */
  async head(): Promise<RootHex> {
    return (await this.view()).head.root
  }

  /** A block built by the service for a slot, signed; not handed back yet. */
  async build(slot: number): Promise<RootedBlock> {
    const validatorIndex = proposerOf(slot, this.tree.validatorCount)
    const answer = await this.lab.ask(this.chain.ref, { type: 'buildBlock', slot, validatorIndex })
    const proposal = unwrap(unwrapAsk(answer))
    const vote = sign({ validatorIndex, data: proposal.proposerAttestationData })
    return {
      root: proposal.root,
      signedBlock: {
        message: { block: proposal.block, proposerAttestation: vote.message },
        signature: [...proposal.attestationSignatures, vote.signature],
      },
    }
  }

  /** The votes that the service would have its validators cast in a slot. */
  async votesOf(validators: readonly number[], slot: number): Promise<SignedAttestation[]> {
    const answer = await this.lab.ask(this.chain.ref, { type: 'getAttestationData', slot })
    const { data } = unwrap(unwrapAsk(answer))
    return validators.map((validatorIndex) => sign({ validatorIndex, data }))
  }

  /** Lets the tree know the state of a block that the service built, so that it can make blocks on it. */
  async learn({ root }: RootedBlock): Promise<void> {
    const id = { by: 'root', root } as const
    const state = unwrapAsk(await this.lab.ask(this.chain.ref, { type: 'getState', id }))
    if (state === undefined) throw new Error(`no state of ${root}`)
    this.tree.states.set(root, state)
  }

  /** A whole slot as it should be: a block of ours, and votes of these validators by gossip. */
  async slot(slot: number, voters: readonly number[]): Promise<RootedBlock> {
    await this.tick(slot, 0)
    const block = await this.build(slot)
    this.tell({ type: 'ownBlock', block })
    await this.tick(slot, 1)
    const proposer = proposerOf(slot, this.tree.validatorCount)
    await this.gossipVotes(
      await this.votesOf(
        voters.filter((validator) => validator !== proposer),
        slot,
      ),
    )
    await this.tick(slot, 2)
    await this.tick(slot, 3)
    return block
  }

  #nextId(): string {
    this.#messageIds += 1
    return `message ${this.#messageIds}`
  }
}

export function unwrapAsk<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(`expected an answer, got ${JSON.stringify(result.error)}`)
  return result.value
}
