import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { withLogin } from '../withLogin.ts'

export type CheckpointBytes = { readonly state: Uint8Array; readonly block: Uint8Array }

export type SourceLimits = {
  /** For each of the two, in bytes. */
  readonly maxBytes: number
  /** For both together. */
  readonly milliseconds: number
}

export const SOURCE_LIMITS: SourceLimits = { maxBytes: 2 ** 27, milliseconds: 60_000 }

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source)
}

/**
 * State and block of the finalized checkpoint of another node, by its API, or from a folder with `state.ssz` and
 * `block.ssz`. Throws with one line that says what was wrong.
 */
export async function readSource(source: string, limits: SourceLimits): Promise<CheckpointBytes> {
  if (isUrl(source)) return fetchBoth(source, limits)
  const [state, block] = await Promise.all([
    readLimitedFile(join(source, 'state.ssz'), limits.maxBytes),
    readLimitedFile(join(source, 'block.ssz'), limits.maxBytes),
  ])
  return { state, block }
}

async function fetchBoth(source: string, { maxBytes, milliseconds }: SourceLimits): Promise<CheckpointBytes> {
  const signal = AbortSignal.timeout(milliseconds)
  const { address, headers } = withLogin(source)
  const base = address.replace(/\/+$/, '')
  const fetchPart = (name: string) =>
    fetchBytes(`${base}/lean/v0/${name}/finalized`, headers, maxBytes, signal)
  try {
    const state = await fetchPart('states')
    const block = await fetchPart('blocks')
    return { state, block }
  } catch (error) {
    if (signal.aborted) throw new Error(`expected an answer within ${milliseconds / 1000} s, got none`)
    throw error
  }
}

async function fetchBytes(
  url: string,
  login: Readonly<Record<string, string>>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const headers = { ...login, accept: 'application/octet-stream' }
  const response = await fetch(url, { headers, signal }).catch((error: Error) => {
    throw new Error(`${url}: ${(error.cause as Error | undefined)?.message || error.message}`)
  })
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    throw new Error(`${url}: expected status 200, got ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.length
    if (length > maxBytes) throw new Error(`${url}: expected at most ${maxBytes} bytes, got more`)
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

async function readLimitedFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `${path}: no such file` : error.message)
  })
  if (size > maxBytes) throw new Error(`${path}: expected at most ${maxBytes} bytes, got ${size}`)
  return new Uint8Array(await readFile(path))
}
