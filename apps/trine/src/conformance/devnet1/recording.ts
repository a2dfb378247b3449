import {
  createBlockStates,
  describeForkChoiceError,
  getForkchoiceStore,
  type Store,
} from '@trine/fork-choice'
import {
  describeGenesisError,
  generateGenesis,
  genesisBlock,
  type SignatureCheck,
  signatureCheck,
  signatureChecks,
  stateRoot,
} from '@trine/state-transition'
import { gossipMessageId } from '@trine/transport-libp2p/wire'
import {
  attestationType,
  bytesEqual,
  PRESET,
  publicKeyType,
  type SignatureEncoding,
  type SignedBlockWithAttestation,
  type State,
  signedTypesFor,
  toHex,
  toNumber,
} from '@trine/types'
import { z } from 'zod'
import { difference, hasKeys, type Runner } from '../runner.ts'
import { bytesOf, hexText, integer, readFields, ssz } from './fields.ts'
import { followLive } from './followLive.ts'
import { runSteps, type Step } from './steps.ts'

/** Verifies signatures in an encoding of the network: says which is wrong, `undefined` when none is. */
type SignatureVerifier = (
  checks: readonly SignatureCheck[],
  encoding: SignatureEncoding,
) => string | undefined | Promise<string | undefined>

/** What devnet-1 clients really send. */
const ENCODING: SignatureEncoding = 'ssz3112'

const { signedAttestationType, signedBlockWithAttestationType } = signedTypesFor(ENCODING)

const messageFields = { topic: z.string(), messageId: z.string(), slot: integer }

const blockMessageSchema = z.object({
  ...messageFields,
  ssz: ssz(signedBlockWithAttestationType),
  proposer: integer,
  attestations: integer,
  root: hexText,
  stateRoot: hexText,
  justifiedSlot: integer,
  finalizedSlot: integer,
  proposerHeadIsOwnRoot: z.boolean(),
})

const attestationMessageSchema = z.object({
  ...messageFields,
  ssz: ssz(signedAttestationType),
  validator: integer,
  attestationRoot: hexText,
})

const recordingSchema = z.object({
  genesisTime: integer,
  publicKeys: z.array(ssz(publicKeyType)),
  genesisBlockRoot: hexText,
  genesisStateRoot: hexText,
  finalState: hexText,
  messages: z.array(
    z.looseObject({
      topic: z.string(),
      messageId: z.string(),
      slot: integer,
      secondsSinceGenesis: z.number(),
      ssz: hexText,
    }),
  ),
})

export type RecordingFile = z.output<typeof recordingSchema>
type BlockFacts = Omit<z.output<typeof blockMessageSchema>, 'ssz' | 'topic' | 'messageId'>

/**
 * What real clients gossiped, in order of arrival: every message decodes and encodes to the same bytes and has its
 * message id, and every block imports to the roots and checkpoints that the specification found.
 */
export function createRecordingRunner(verify: SignatureVerifier): Runner {
  return {
    kind: 'recording',
    recognises: ({ json }) => hasKeys(json, 'genesisTime', 'publicKeys', 'genesisStateRoot', 'messages'),
    run: async ({ json }) => ({
      cases: await runSteps(recordingSteps(readFields(recordingSchema, json), verify)),
    }),
  }
}

function* recordingSteps(recording: RecordingFile, verify: SignatureVerifier): Generator<Step> {
  const chain = new RecordedChain(recording, verify)
  yield { name: 'genesis', run: () => chain.checkGenesis(recording) }
  // A block is never before its parent then, in whatever order the two arrived.
  const bySlot = [...recording.messages.entries()].sort(([, left], [, right]) => left.slot - right.slot)
  for (const [index, message] of bySlot) {
    const kind = /\/(block|attestation)\//.exec(message.topic)?.[1]
    yield {
      name: `messages[${index}] ${kind} of slot ${message.slot}`,
      run: () => {
        if (kind === 'block') return chain.checkBlock(message)
        if (kind === 'attestation') return chain.checkAttestation(message)
        return `topic: expected one of blocks or attestations, got ${message.topic}`
      },
    }
  }
  yield {
    name: 'finalState',
    run: () => difference('finalState', recording.finalState, toHex(chain.lastState.serialize())),
  }
  yield { name: 'a node follows it live', run: () => followLive(recording) }
}

/** A node's view of the recorded chain, without clocks and peers. */
class RecordedChain {
  lastState: State
  private readonly store: Store
  private readonly states = createBlockStates()
  private readonly verify: SignatureVerifier

  constructor({ genesisTime, publicKeys }: RecordingFile, verify: SignatureVerifier) {
    const genesis = generateGenesis(
      genesisTime,
      publicKeys.map((pubkey, index) => ({ pubkey, index })),
    )
    if (!genesis.ok) throw new Error(`publicKeys: ${describeGenesisError(genesis.error)}`)
    const store = getForkchoiceStore(genesis.value, genesisBlock(genesis.value), { states: this.states })
    if (!store.ok) throw new Error(describeForkChoiceError(store.error))
    this.lastState = genesis.value
    this.store = store.value
    this.verify = verify
  }

  checkGenesis({ genesisBlockRoot, genesisStateRoot }: RecordingFile): string | undefined {
    return (
      difference('genesisStateRoot', genesisStateRoot, toHex(stateRoot(this.lastState))) ??
      difference('genesisBlockRoot', genesisBlockRoot, toHex(this.store.head.root))
    )
  }

  async checkBlock(json: { readonly ssz: string }): Promise<string | undefined> {
    const { ssz: signedBlock, topic, messageId, ...facts } = readFields(blockMessageSchema, json)
    const { block } = signedBlock.message
    const parentState = this.states.get(toHex(block.parentRoot))
    if (parentState === undefined)
      return `block: expected its parent to be recorded, got ${toHex(block.parentRoot)}`
    return (
      wireDifference(
        json.ssz,
        toHex(signedBlockWithAttestationType.serialize(signedBlock)),
        topic,
        messageId,
      ) ??
      (await this.signatureDifference(signatureChecks(signedBlock, parentState))) ??
      this.importDifference(signedBlock, facts)
    )
  }

  async checkAttestation(json: { readonly ssz: string }): Promise<string | undefined> {
    const { ssz: vote, topic, messageId, ...facts } = readFields(attestationMessageSchema, json)
    const check = signatureCheck(vote, this.lastState)
    const checks = check.ok ? { ok: true as const, value: [check.value] } : check
    const { message } = vote
    const actual = {
      slot: message.data.slot,
      validator: message.validatorIndex,
      attestationRoot: toHex(attestationType.hashTreeRoot(message)),
    }
    return (
      wireDifference(json.ssz, toHex(signedAttestationType.serialize(vote)), topic, messageId) ??
      (await this.signatureDifference(checks)) ??
      difference('attestation', facts, actual)
    )
  }

  private importDifference(signedBlock: SignedBlockWithAttestation, facts: BlockFacts): string | undefined {
    const { block, proposerAttestation } = signedBlock.message
    const slotStart = this.store.genesisTime + toNumber(block.slot) * PRESET.secondsPerSlot
    this.store.onTick(slotStart, true)
    const imported = this.store.onBlock(signedBlock)
    if (!imported.ok) return `block: expected to be imported, got ${describeForkChoiceError(imported.error)}`
    const root = toHex(imported.value.root)
    this.lastState = this.states.get(root) as State
    return difference('block', facts, {
      slot: block.slot,
      proposer: block.proposerIndex,
      attestations: block.body.attestations.length,
      root,
      stateRoot: toHex(stateRoot(this.lastState)),
      justifiedSlot: this.lastState.latestJustified.slot,
      finalizedSlot: this.lastState.latestFinalized.slot,
      proposerHeadIsOwnRoot: bytesEqual(proposerAttestation.data.head.root, imported.value.root),
    })
  }

  private async signatureDifference(checks: ReturnType<typeof signatureChecks>): Promise<string | undefined> {
    if (!checks.ok)
      return `signatures: expected ${checks.error.expected}, got ${checks.error.actual} (${checks.error.code})`
    return await this.verify(checks.value, ENCODING)
  }
}

/** The bytes and the message id under which they travelled. */
function wireDifference(expected: string, encoded: string, topic: string, id: string): string | undefined {
  const ours = toHex(gossipMessageId(topic, bytesOf(expected))).slice(2)
  return difference('ssz', expected, encoded) ?? difference('messageId', id, ours)
}
