import type { KeyError } from '@trine/xmss'
import { UserError } from '../userError.ts'

/** A whole number given on the command line. */
export function parseCount(flag: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
    throw new UserError(`${flag}: expected a whole number from ${minimum} to ${maximum}, got "${text}"`)
  }
  return value
}

/** The value, or the error as one line that names the file. */
export function orUserError<Value>(
  file: string,
  result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: KeyError },
): Value {
  if (!result.ok) throw new UserError(`${file}: ${result.error.message}`)
  return result.value
}

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
    const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string }
    const reason = code === undefined ? undefined : FILE_ERRORS[code]
    if (reason === undefined) throw error
    throw new UserError(`${dest ?? path ?? file}: ${reason}`)
  }
}

/** A duration as a person says it: "6.1 days", "2 min 5 s", "0.4 s". */
export function formatDuration(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${(seconds / 86_400).toFixed(1)} days`
  if (seconds >= 2 * 3600) return `${(seconds / 3600).toFixed(1)} hours`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
