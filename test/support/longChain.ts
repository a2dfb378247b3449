import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RootedBlock } from '@trine/messages'
import {
  blockRoot,
  buildBlock,
  generateGenesis,
  genesisBlock,
  proposerOf,
  signatureCheck,
} from '@trine/state-transition'
import { openLevelBlockStore } from '@trine/storage/level'
import {
  type Attestation,
  type Checkpoint,
  PRESET,
  type SignedAttestation,
  type State,
  toHex,
} from '@trine/types'
import { encodePublicKey, encodeSignature, type OpenedKey, sign } from '@trine/xmss'
import { readSecretKeyFile } from '@trine/xmss/node'
import type { ProcessDevnet } from '../../apps/trine/src/devnet/processDevnet.ts'
import { FORMATS, secretKeyFileName } from '../../apps/trine/src/keys/keyFolder.ts'
import { BenchService } from '../../packages/storage/bench/benchService.ts'
import { expectValue } from './values.ts'

/**
 * Gives a devnet that has not started a past: a block in every slot from genesis until now, signed by its validators
 * with their keys, on the disks of all its nodes with validators.
 */
export async function giveLongChain(devnet: ProcessDevnet, validators: number, slots: number): Promise<void> {
  devnet.genesisTime = Math.floor(Date.now() / 1000) - slots * PRESET.secondsPerSlot
  const keys = await Promise.all(
    Array.from({ length: validators }, async (_, index) => {
      const folder = join(devnet.folder, 'genesis', 'hash-sig-keys')
      const names = FORMATS.map((format) => join(folder, secretKeyFileName(index, format)))
      return expectValue(await readSecretKeyFile(names.find((name) => existsSync(name)) ?? names[0]!))
    }),
  )
  const chain = new SignedChain(keys, devnet.genesisTime)
  const folder = join(devnet.folder, 'past')
  const store = expectValue(
    await openLevelBlockStore({
      folder,
      genesisRoot: toHex(chain.genesisRoot),
      protocol: 'devnet-1',
      signatureEncoding: 'ssz3112',
    }),
  )
  const service = new BenchService(chain, () => store)
  await service.tick(slots)
  for (let slot = 1; slot <= slots; ) {
    const portion: { block: RootedBlock; postState: State }[] = []
    while (portion.length < 32 && slot <= slots) portion.push(chain.next(slot++))
    await service.import(portion)
  }
  await service.ask({ type: 'getChain' })
  service.end()
  await store.close()
  for (const { plan } of devnet.nodes) {
    cpSync(folder, join(devnet.folder, 'data', plan.name, 'blocks'), { recursive: true })
  }
  rmSync(folder, { recursive: true })
}

/** Everyone votes in every slot for its block, the proposer within it; so each key signs each epoch once. */
class SignedChain {
  readonly genesis: State
  readonly genesisBlock
  readonly genesisRoot: Uint8Array
  readonly #keys: readonly OpenedKey[]
  #state: State
  #head: Checkpoint
  #votes: SignedAttestation[] = []

  constructor(keys: readonly OpenedKey[], genesisTime: number) {
    const registry = keys.map(({ publicKey }, index) => ({ pubkey: encodePublicKey(publicKey), index }))
    this.genesis = expectValue(generateGenesis(genesisTime, registry))
    this.genesisBlock = genesisBlock(this.genesis)
    this.genesisRoot = blockRoot(this.genesisBlock)
    this.#keys = keys
    this.#state = this.genesis
    this.#head = { root: this.genesisRoot, slot: 0 }
  }

  next(slot: number): { block: RootedBlock; postState: State } {
    const { latestJustified, latestFinalized } = this.#state.clone(true)
    const source =
      latestJustified.slot === 0 ? { root: this.genesisRoot, slot: 0 } : latestJustified.toValue()
    const proposerIndex = proposerOf(slot, this.#keys.length)
    const { block, signatures, postState } = expectValue(
      buildBlock({
        parentState: this.#state,
        parentRoot: this.#head.root,
        slot,
        proposerIndex,
        attestations: this.#votes,
        isKnownBlock: () => true,
        storeJustified: source,
        storeFinalized: latestFinalized,
      }),
    )
    const parent = this.#head
    this.#state = postState
    this.#head = { root: blockRoot(block), slot }
    const data = { slot, head: this.#head, target: parent, source }
    this.#votes = this.#keys.map((_, validatorIndex) => this.#sign({ validatorIndex, data }))
    const own = this.#votes[proposerIndex]!
    const message = { block, proposerAttestation: own.message }
    const signedBlock = { message, signature: [...signatures, own.signature] }
    return { block: { root: toHex(this.#head.root), signedBlock }, postState }
  }

  #sign(message: Attestation): SignedAttestation {
    const unsigned = { message, signature: new Uint8Array(0) }
    const { epoch, message: signed } = expectValue(signatureCheck(unsigned, this.#state))
    const { scheme, secretKey } = this.#keys[Number(message.validatorIndex)]!
    const signature = expectValue(sign(scheme, secretKey, epoch, signed))
    return { message, signature: encodeSignature(scheme, signature, 'ssz3112') }
  }
}
