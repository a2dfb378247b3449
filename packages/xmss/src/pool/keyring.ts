import type { OpenedKey } from '../keys/keyFile.ts'
import { publicKeyToHex } from '../keys/publicKey.ts'
import type { JobError, SignRequest } from '../ports.ts'
import { failure, type Result, success } from '../result.ts'
import type { EpochRange, SecretKey } from '../types.ts'
import { type Task, TaskQueue } from './task.ts'
import { buildTree, type RunInBackground, shareTree } from './trees.ts'

type Settle = (result: Result<Uint8Array, JobError>) => void

/** Something that waits until the window covers its epoch. */
interface Waiting {
  readonly epoch: number
  /** Undefined: the epoch is covered now. */
  readonly settle: (error: JobError | undefined) => void
}

interface HeldKey {
  readonly id: string
  key: OpenedKey
  waiting: Waiting[]
  /** The last epoch asked for. */
  lastEpoch: number
  isPreparing: boolean
}

export interface KeyringHooks {
  readonly run: RunInBackground
  /** Called when the queue has got tasks that nobody is waiting to take. */
  readonly wake: () => void
  /** Called when a key's window has moved. */
  readonly onPrepared: (keyId: string, key: OpenedKey) => void
}

/**
 * The keys a pool signs with. It keeps each key's window of two bottom trees ahead of the epochs asked for: once an
 * epoch of the right tree is signed, the next tree is computed in the background (leanSpec advance_preparation).
 */
export class Keyring {
  readonly queue = new TaskQueue()
  pending = 0
  private readonly keys = new Map<string, HeldKey>()
  private readonly hooks: KeyringHooks

  constructor(hooks: KeyringHooks) {
    this.hooks = hooks
  }

  get size(): number {
    return this.keys.size
  }

  add(key: OpenedKey): string {
    const id = publicKeyToHex(key.publicKey)
    if (!this.keys.has(id)) {
      const held = { ...key, secretKey: shareKey(key.secretKey) }
      this.keys.set(id, { id, key: held, waiting: [], lastEpoch: -1, isPreparing: false })
    }
    return id
  }

  preparedRange(keyId: string): EpochRange | undefined {
    const held = this.keys.get(keyId)
    return held && windowOf(held.key)
  }

  /** Why the key can never sign the epoch, or undefined. */
  refusal(keyId: string, epoch: number): JobError | undefined {
    const held = this.keys.get(keyId)
    if (!held) return { code: 'unknownKey', message: `no key ${keyId.slice(0, 16)} was added` }
    const { activationEpoch, numActiveEpochs } = held.key.secretKey
    const end = activationEpoch + numActiveEpochs
    if (Number.isInteger(epoch) && epoch >= activationEpoch && epoch < end) return undefined
    return {
      code: 'epochNotActive',
      message: `expected an epoch from ${activationEpoch} to ${end - 1}, got ${epoch}`,
    }
  }

  /** Takes a request that has no refusal. */
  push(request: SignRequest, resolve: Settle): void {
    const held = this.keys.get(request.keyId) as HeldKey
    this.pending += 1
    const settle: Settle = (result) => {
      this.pending -= 1
      resolve(result)
    }
    const sign = () => this.queue.push(signTask(held, request, settle))
    this.whenPrepared(held, request.epoch, (error) => (error ? settle(failure(error)) : sign()))
  }

  /** Moves the key's window to an epoch that has no refusal. */
  pushPreparation(
    keyId: string,
    epoch: number,
    resolve: (result: Result<EpochRange, JobError>) => void,
  ): void {
    const held = this.keys.get(keyId) as HeldKey
    this.whenPrepared(held, epoch, (error) => resolve(error ? failure(error) : success(windowOf(held.key))))
  }

  /** Ends the requests that wait for a window. */
  failWaiting(error: JobError): void {
    for (const held of this.keys.values()) for (const { settle } of held.waiting.splice(0)) settle(error)
  }

  private whenPrepared(held: HeldKey, epoch: number, settle: Waiting['settle']): void {
    held.lastEpoch = epoch
    if (isInside(windowOf(held.key), epoch)) settle(undefined)
    else held.waiting.push({ epoch, settle })
    if (!held.isPreparing) void this.prepare(held)
  }

  private async prepare(held: HeldKey): Promise<void> {
    held.isPreparing = true
    for (let left = wantedWindow(held); left !== undefined; left = wantedWindow(held)) {
      const moved = await this.moveWindow(held.key, left)
      if (!moved.ok) {
        for (const { settle } of held.waiting.splice(0)) settle(moved.error)
        break
      }
      held.key = { ...held.key, secretKey: moved.value }
      this.hooks.onPrepared(held.id, held.key)
      const window = windowOf(held.key)
      const ready = held.waiting.filter(({ epoch }) => isInside(window, epoch))
      held.waiting = held.waiting.filter((waiting) => !ready.includes(waiting))
      for (const { settle } of ready) settle(undefined)
      this.hooks.wake()
    }
    held.isPreparing = false
  }

  private async moveWindow(key: OpenedKey, left: number): Promise<Result<SecretKey, JobError>> {
    const { scheme, secretKey } = key
    const { prfKey, parameter } = secretKey
    const build = async (index: number) => {
      if (index === secretKey.leftBottomTreeIndex) return success(secretKey.leftBottomTree)
      if (index === secretKey.leftBottomTreeIndex + 1) return success(secretKey.rightBottomTree)
      const tree = await buildTree(this.hooks.run, { scheme, prfKey, parameter, index })
      return tree.ok ? success(shareTree(tree.value)) : tree
    }
    const [leftTree, rightTree] = await Promise.all([build(left), build(left + 1)])
    if (!leftTree.ok) return leftTree
    if (!rightTree.ok) return rightTree
    return success({
      ...secretKey,
      leftBottomTreeIndex: left,
      leftBottomTree: leftTree.value,
      rightBottomTree: rightTree.value,
    })
  }
}

/** Where the window has to go: to the oldest request that waits, else to the last epoch asked for if that is its right half. */
function wantedWindow({ key, waiting, lastEpoch }: HeldKey): number | undefined {
  const { activationEpoch, numActiveEpochs, leftBottomTreeIndex } = key.secretKey
  const leaves = 2 ** key.scheme.logBottomTreeLeaves
  const last = (activationEpoch + numActiveEpochs) / leaves - 2
  const epoch = waiting[0]?.epoch ?? lastEpoch
  const wanted = Math.min(Math.floor(epoch / leaves), last)
  const isNeeded = waiting.length > 0 ? wanted !== leftBottomTreeIndex : wanted > leftBottomTreeIndex
  return isNeeded ? wanted : undefined
}

function windowOf({ scheme, secretKey }: OpenedKey): EpochRange {
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const start = secretKey.leftBottomTreeIndex * leaves
  return { start, end: start + 2 * leaves }
}

function isInside({ start, end }: EpochRange, epoch: number): boolean {
  return epoch >= start && epoch < end
}

function shareKey(secretKey: SecretKey): SecretKey {
  return {
    ...secretKey,
    topTree: shareTree(secretKey.topTree),
    leftBottomTree: shareTree(secretKey.leftBottomTree),
    rightBottomTree: shareTree(secretKey.rightBottomTree),
  }
}

/** Signs with the key as it is now, even if the window moves on before a worker is free. */
function signTask({ id, key }: HeldKey, { epoch, message }: SignRequest, settle: Settle): Task {
  const { scheme, secretKey } = key
  return {
    build: (known) => {
      const isKnown = known.get(id) === secretKey.leftBottomTreeIndex
      known.set(id, secretKey.leftBottomTreeIndex)
      return { type: 'sign', keyId: id, key: isKnown ? undefined : { scheme, secretKey }, epoch, message }
    },
    settle: (result) => {
      if (!result.ok) settle(result)
      else if (result.value) settle(success(result.value as Uint8Array))
      else settle(failure({ code: 'signingFailed', message: `no signature was found for epoch ${epoch}` }))
    },
  }
}
