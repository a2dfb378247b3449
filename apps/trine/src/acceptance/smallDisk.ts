import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, cpSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const SCRIPT = [
  'cd "$1"',
  // The working directory is still what lies below the mount.
  'mount -t tmpfs -o "size=$2,mode=700" tmpfs "$1"',
  'cp -a . "$1/"',
  'echo ready',
  'exec cat',
].join('\n')
const FILLER = 'filler'
const MEBIBYTE = 2 ** 20

/**
 * A disk of a given size in place of a folder, for the processes that are started by `launcher`: a tmpfs in a mount
 * namespace of its own, which needs no root. It begins as a copy of the folder, and is gone with this process.
 */
export class SmallDisk {
  readonly #folder: string
  readonly #holder: ChildProcess
  readonly #ended: Promise<unknown>

  private constructor(folder: string, holder: ChildProcess) {
    this.#folder = folder
    this.#holder = holder
    this.#ended = once(holder, 'close')
  }

  /** Rejects with what the machine says where it is not possible. */
  static async mount(path: string, bytes: number): Promise<SmallDisk> {
    const folder = resolve(path)
    const args = ['-Urm', 'sh', '-ec', SCRIPT, 'sh', folder, `${bytes}`]
    const holder = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    holder.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const ended = once(holder, 'close').then(() => false)
    const isReady = await Promise.race([once(holder.stdout, 'data').then(() => true), ended])
    if (!isReady) throw new Error(said.trim() || `unshare: exit code ${holder.exitCode}`)
    return new SmallDisk(folder, holder)
  }

  /** What a command is started by to see this disk; it gives way to the command. */
  get launcher(): readonly string[] {
    const enter = ['nsenter', '--preserve-credentials', '-U', '-m', '-t', `${this.#holder.pid}`, '--']
    return [...enter, 'sh', '-c', 'cd "$0" && exec "$@"', process.cwd()]
  }

  /** The disk as it is seen from outside. */
  get path(): string {
    return `/proc/${this.#holder.pid}/root${this.#folder}`
  }

  /** Leaves no byte free. May be called again: what was there may have become less. */
  fill(): void {
    const file = openSync(join(this.path, FILLER), 'a')
    try {
      for (let size = MEBIBYTE; size >= 1; size /= 4096) fillWith(file, Buffer.alloc(size))
    } finally {
      closeSync(file)
    }
  }

  /** There is room again. */
  free(): void {
    rmSync(join(this.path, FILLER), { force: true })
  }

  /** Puts what is on the disk into the folder, when no process writes to it any more. */
  keep(): void {
    this.free()
    const copy = `${this.#folder}.copy`
    cpSync(this.path, copy, { recursive: true, preserveTimestamps: true })
    rmSync(this.#folder, { recursive: true })
    renameSync(copy, this.#folder)
  }

  async unmount(): Promise<void> {
    this.#holder.kill('SIGKILL')
    await this.#ended
  }
}

function fillWith(file: number, chunk: Buffer): void {
  try {
    while (writeSync(file, chunk) === chunk.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** Why there can be no small disks on this machine; undefined where there can. */
export async function whyNoSmallDisk(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'trine-disk-'))
  let disk: SmallDisk | undefined
  try {
    disk = await SmallDisk.mount(folder, MEBIBYTE)
    disk.fill()
    const [command, ...args] = disk.launcher
    const looking = spawn(command!, [...args, 'test', '-s', join(folder, FILLER)], { stdio: 'ignore' })
    const [code] = (await once(looking, 'close')) as [number | null]
    return code === 0 ? undefined : `nsenter: exit code ${code}`
  } catch (error) {
    return (error as Error).message.split('\n')[0]
  } finally {
    await disk?.unmount()
    rmSync(folder, { recursive: true, force: true })
  }
}
