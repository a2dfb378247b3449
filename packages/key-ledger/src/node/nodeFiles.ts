import { type FileHandle, mkdir, open, realpath, rename, stat } from 'node:fs/promises'
import { platform } from 'node:os'
import { dirname } from 'node:path'
import { ClassicLevel } from 'classic-level'
import type { LedgerFile, LedgerFiles, LedgerLock } from '../files.ts'

/**
 * Files on a real disk. The lock is that of an empty LevelDB in a folder: the system's own file lock, which ends with
 * the process however that ends, and holds between containers that share the folder. Not between machines.
 */
export const nodeLedgerFiles: LedgerFiles = { open: openFile, create: createFile, lock }

async function openFile(path: string): Promise<LedgerFile | undefined> {
  try {
    return new NodeLedgerFile(await open(path, 'r+'), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Only who holds the lock may call it: the temporary file has one name. */
async function createFile(path: string, content: Uint8Array): Promise<LedgerFile> {
  const temporary = `${path}.tmp`
  const handle = await open(temporary, 'w+', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await handle.close()
    throw error
  }
  return new NodeLedgerFile(handle, path)
}

async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return // it has no way to do that
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Locks that this process holds. A second try of LevelDB closes the file, which frees the lock for other processes. */
const heldPaths = new Set<string>()

async function lock(path: string): Promise<LedgerLock | undefined> {
  // LevelDB would make the folders above as well: an unmounted disk must not look like a first start.
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const held = await realpath(path)
  if (heldPaths.has(held)) return undefined
  heldPaths.add(held)
  const database = new ClassicLevel(held)
  const release = async () => {
    await database.close()
    heldPaths.delete(held)
  }
  try {
    await database.open()
  } catch (error) {
    heldPaths.delete(held)
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
    if (cause?.code === 'LEVEL_LOCKED') return undefined
    throw cause ?? error
  }
  return { release }
}

class NodeLedgerFile implements LedgerFile {
  readonly #handle: FileHandle
  readonly #path: string

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.#path = path
  }

  async read(limit: number): Promise<Uint8Array> {
    const { buffer, bytesRead } = await this.#handle.read(new Uint8Array(limit), 0, limit, 0)
    return buffer.subarray(0, bytesRead)
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const { bytesWritten } = await this.#handle.write(bytes, 0, bytes.length, offset)
    if (bytesWritten !== bytes.length) {
      throw new Error(`${this.#path}: expected to write ${bytes.length} bytes, wrote ${bytesWritten}`)
    }
  }

  /** Writing to a file that was removed or replaced succeeds, and is lost. */
  async sync(): Promise<void> {
    await this.#handle.datasync()
    const [here, there] = await Promise.all([this.#handle.stat(), stat(this.#path)])
    if (here.ino !== there.ino || here.dev !== there.dev) {
      throw new Error(`${this.#path}: expected the file that was opened, another one took its place`)
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
