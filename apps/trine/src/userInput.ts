import { getSystemErrorMap } from 'node:util'
import type { KeyError } from '@trine/xmss'
import { UserError } from './userError.ts'

/** A whole number given on the command line. */
export function parseCount(flag: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
    throw new UserError(`${flag}: expected a whole number from ${minimum} to ${maximum}, got "${text}"`)
  }
  return value
}

type FileResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: KeyError }

/** The value, or the error as one line that names the file. */
export function orUserError<Value>(file: string, result: FileResult<Value>): Value {
  if (!result.ok) throw new UserError(`${file}: ${result.error.message}`)
  return result.value
}

/** What says more here than the operating system's own words. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'expected a file, this is a folder',
  ENOTDIR: 'expected a folder, this is a file',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
}

/** Does something with files; what the operating system refuses becomes one line that names the file, or else `file`. */
export async function withFileErrors<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const { code, errno, syscall, path, dest, message } = error as NodeJS.ErrnoException & { dest?: string }
    if (code === undefined || syscall === undefined) throw error
    const reason = FILE_ERRORS[code] ?? getSystemErrorMap().get(errno ?? 0)?.[1] ?? message
    throw new UserError(`${dest ?? path ?? file}: ${reason}`)
  }
}

/** What a reader makes of a file; whatever is wrong with the file becomes one line that names it. */
export async function readOrUserError<Value>(
  file: string,
  read: (file: string) => Promise<FileResult<Value>>,
): Promise<Value> {
  return orUserError(file, await withFileErrors(file, () => read(file)))
}
