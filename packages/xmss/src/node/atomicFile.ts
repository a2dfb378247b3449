import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, readdir, rename, unlink } from 'node:fs/promises'
import { platform } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** Temporary files of an unfinished write: `.NAME.16 hex digits.tmp` beside the file. */
const TEMPORARY = /^\..+\.[0-9a-f]{16}\.tmp$/

/**
 * Writes a whole file or nothing: temporary file beside it, fsync, then its final name, then fsync of the folder.
 * `existing` says what happens to an existing file: `replace` it, or `create` and reject with EEXIST, which no second
 * process can slip through (a hard link is made, which fails if the name is taken). For the owner alone unless
 * `permissions` say otherwise.
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  existing: 'create' | 'replace',
  permissions = 0o600,
): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`)
  const handle = await open(temporary, 'wx', permissions)
  try {
    await writeAndSync(handle, content)
    if (existing === 'create') await link(temporary, path)
    else await rename(temporary, path)
  } finally {
    await unlink(temporary).catch(ignoreMissing)
  }
  await syncFolder(folder)
}

async function writeAndSync(handle: FileHandle, content: Uint8Array | string): Promise<void> {
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
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

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** Removes what interrupted writes left in a folder; returns the names. No other process may be writing there. */
export async function removeTemporaryFiles(folder: string): Promise<string[]> {
  const leftovers = (await readdir(folder)).filter((name) => TEMPORARY.test(name))
  for (const name of leftovers) await unlink(join(folder, name))
  return leftovers
}
