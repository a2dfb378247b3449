import type { ResponseChunk, ResponseCode } from '@trine/messages'
import { type Result, success } from '@trine/types'
import { type Pull, pullAll, pullFrom, truncated } from './pull.ts'
import { concat, encodeFrames, maxFramedLength, pullFrames } from './snappyFrames.ts'
import { decodeVarint, encodeVarint, MAX_VARINT_LENGTH } from './varint.ts'
import { type WireError, wireFailure } from './wireError.ts'

const EMPTY = new Uint8Array(0)

/** Longest text of a failure, bytes. */
const MAX_ERROR_LENGTH = 256

const CODES: readonly ResponseCode[] = ['success', 'invalidRequest', 'serverError', 'resourceUnavailable']

/** What the length before the frames counts: the data (specification, ream), or the frames (zeam, qlean, lantern). */
export type Counting = 'data' | 'frames'

/** What was read, and how it counts; `undefined` when both countings fit. */
export type Counted<Content> = { readonly content: Content; readonly counting: Counting | undefined }

/** A request: varint of the length, then the body in snappy frames. */
export function encodeRequest(body: Uint8Array, counting: Counting = 'data'): Uint8Array {
  const frames = encodeFrames(body)
  return concat([encodeVarint((counting === 'data' ? body : frames).length), frames])
}

/** One chunk of an answer: code, varint of the length, then the payload in snappy frames. */
export function encodeChunk({ code, payload }: ResponseChunk, counting: Counting = 'data'): Uint8Array {
  const sent = code === 'success' ? payload : payload.subarray(0, MAX_ERROR_LENGTH)
  return concat([Uint8Array.of(CODES.indexOf(code)), encodeRequest(sent, counting)])
}

/** Undoes `encodeRequest`, of a whole stream. */
export function decodeRequest(bytes: Uint8Array, maxLength: number): Result<Uint8Array, WireError> {
  const request = pullAll(pullRequest(maxLength), bytes)
  return request.ok ? success(request.value.content) : request
}

/** The chunks of a whole answer, each with a payload of at most `maxLength` bytes. */
export function decodeChunks(bytes: Uint8Array, maxLength: number): Result<ResponseChunk[], WireError> {
  const chunks: ResponseChunk[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const { result, end } = pullFrom(pullChunk(maxLength), bytes, offset)
    if (!result.ok) return result
    chunks.push(result.value!.content)
    offset = end
  }
  return success(chunks)
}

/** Reads a request of at most `maxLength` bytes. A length before nothing at all is an empty body: some send no frames. */
export function pullRequest(maxLength: number): Pull<Counted<Uint8Array>> {
  return pullFramed(maxLength)
}

/** Reads the next chunk of an answer; `undefined` when the answer has ended. */
export function* pullChunk(maxLength: number): Pull<Counted<ResponseChunk> | undefined> {
  const first = yield 1
  if (first === undefined) return success(undefined)
  const code = codeOf(first[0]!)
  const framed = yield* pullFramed(code === 'success' ? maxLength : MAX_ERROR_LENGTH)
  if (!framed.ok) return framed
  const { content: payload, counting } = framed.value
  return success({ content: { code, payload }, counting })
}

/** Codes of later versions: up to 127 the server's fault, above the asker's. */
function codeOf(byte: number): ResponseCode {
  return CODES[byte] ?? (byte < 128 ? 'serverError' : 'invalidRequest')
}

/**
 * A length and the frames of so many bytes. To some clients the length counts the data, to others the frames: the frames
 * end where either is reached. Where the two readings cannot be told apart, a length of 10 counts data (else it were an
 * empty payload), and data that are longer than their full frames by just what these add are cut: the payload's own
 * decoder refuses them.
 */
function* pullFramed(maxLength: number): Pull<Counted<Uint8Array>> {
  const declared = yield* pullLength()
  if (!declared.ok) return declared
  const maxDeclared = maxFramedLength(maxLength)
  if (declared.value > maxDeclared) {
    return wireFailure('TOO_LONG', `expected at most ${maxDeclared} bytes, got ${declared.value}`)
  }
  const length = Number(declared.value)
  let countsData = false
  let countsFrames = false
  const payload = yield* pullFrames((uncompressed, framed) => {
    countsData = uncompressed === length
    countsFrames = framed === length && uncompressed > 0
    return countsData || countsFrames || (uncompressed > length && framed > length)
  }, maxLength)
  if (!payload.ok) {
    if (length > 0 || payload.error.code !== 'TRUNCATED') return payload
    return success({ content: EMPTY, counting: undefined })
  }
  if (countsData || countsFrames) {
    const counting = countsData && countsFrames ? undefined : countsData ? 'data' : 'frames'
    return success({ content: payload.value, counting })
  }
  return wireFailure(
    'MALFORMED',
    `expected ${length} bytes of data or frames, got ${payload.value.length} of data`,
  )
}

function* pullLength(): Pull<bigint> {
  const bytes: number[] = []
  for (;;) {
    const next = yield 1
    if (next === undefined) return truncated('length', 1)
    bytes.push(next[0]!)
    if (next[0]! < 0x80 || bytes.length > MAX_VARINT_LENGTH) break
  }
  const decoded = decodeVarint(Uint8Array.from(bytes))
  return decoded.ok ? success(decoded.value.value) : decoded
}
