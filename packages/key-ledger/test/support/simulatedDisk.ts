import type { LedgerFile, LedgerFiles } from '../../src/index.ts'

type Content = { durable: Uint8Array; visible: Uint8Array; unsynced: { offset: number; bytes: Uint8Array }[] }
export type Operation = 'open' | 'create' | 'read' | 'write' | 'sync'
export type Fault = 'error' | 'torn' | undefined

/**
 * A disk in memory that forgets what was not synced, tears what was being written when the power went, and fails on
 * demand. `chance` decides what a crash leaves: a number from 0 to 1 each time.
 */
export class SimulatedDisk implements LedgerFiles {
  readonly contents = new Map<string, Content>()
  readonly #locks = new Map<string, object>()
  readonly #chance: () => number
  #life = {}
  /** Asked before every operation. */
  fault: (operation: Operation, path: string) => Fault = () => undefined
  /** Awaited by every operation. */
  delay: Promise<void> | undefined
  writes = 0

  constructor(chance: () => number = () => 0) {
    this.#chance = chance
  }

  async open(path: string): Promise<LedgerFile | undefined> {
    await this.#begin('open', path)
    return this.contents.has(path) ? this.#file(path) : undefined
  }

  async create(path: string, content: Uint8Array): Promise<LedgerFile> {
    const fault = await this.#begin('create', path)
    // A rename may be durable although it is said to have failed.
    if (fault === undefined || this.#chance() < 0.5) {
      this.contents.set(path, { durable: content.slice(), visible: content.slice(), unsynced: [] })
    }
    if (fault !== undefined) throw new Error('simulated: create failed')
    return this.#file(path)
  }

  async lock(path: string) {
    if (this.#locks.has(path)) return undefined
    const holder = {}
    this.#locks.set(path, holder)
    const release = async () => {
      if (this.#locks.get(path) === holder) this.#locks.delete(path)
    }
    return { release }
  }

  /** The power goes: what was not synced is lost, there as a whole, or torn; open files and locks are gone. */
  crash(): void {
    for (const content of this.contents.values()) this.#settle(content)
    for (const content of this.contents.values()) content.visible = content.durable.slice()
    this.#locks.clear()
    this.#life = {}
  }

  /** All files, to be put back by `restore`. */
  backup(filter: (path: string) => boolean): Map<string, Uint8Array> {
    const chosen = [...this.contents].filter(([path]) => filter(path))
    return new Map(chosen.map(([path, { durable }]) => [path, durable.slice()]))
  }

  restore(backup: Map<string, Uint8Array>): void {
    for (const [path, bytes] of backup) {
      this.contents.set(path, { durable: bytes.slice(), visible: bytes.slice(), unsynced: [] })
    }
  }

  #settle(content: Content): void {
    for (const { offset, bytes } of content.unsynced) {
      const kept = Math.round(this.#chance() * 1.5 * bytes.length)
      content.durable.set(bytes.subarray(0, kept), offset)
    }
    content.unsynced = []
  }

  async #begin(operation: Operation, path: string, life = this.#life): Promise<Fault> {
    await this.delay
    if (life !== this.#life) return new Promise(() => {}) // the process that asked is gone
    const fault = this.fault(operation, path)
    if (fault === 'error' && operation !== 'create') throw new Error(`simulated: ${operation} failed`)
    return fault
  }

  #file(path: string): LedgerFile {
    const content = this.contents.get(path)!
    const life = this.#life
    return {
      read: async (limit) => {
        await this.#begin('read', path, life)
        return content.visible.slice(0, limit)
      },
      write: async (offset, bytes) => {
        const fault = await this.#begin('write', path, life)
        this.writes++
        const part =
          fault === 'torn' ? bytes.slice(0, Math.floor(this.#chance() * bytes.length)) : bytes.slice()
        content.visible.set(part, offset)
        content.unsynced.push({ offset, bytes: part })
        if (fault === 'torn') throw new Error('simulated: write was torn')
      },
      sync: async () => {
        const fault = await this.#begin('sync', path, life).catch(() => 'error')
        if (fault === undefined) {
          for (const { offset, bytes } of content.unsynced) content.durable.set(bytes, offset)
          content.unsynced = []
          return
        }
        this.#settle(content) // after a failed sync nobody writes the pages again
        throw new Error('simulated: sync failed')
      },
      close: async () => {},
    }
  }
}
