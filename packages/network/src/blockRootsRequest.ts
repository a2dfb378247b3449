import {
  blockRootsType,
  decode,
  describeDecodeError,
  failure,
  type Result,
  type RootHex,
  rootBytes,
  success,
  toHex,
} from '@trine/types'
import { BLOCKS_BY_ROOT_PROTOCOLS, LEAN_BLOCKS_BY_ROOT_PROTOCOLS } from './protocols.ts'

/** How a list of roots travels: bare (specification, ream), or in a container, behind a 4-byte offset (zeam, qlean). */
export type RootsDialect = 'bare' | 'container'

const OFFSET = 4

/** The body of a blocks-by-root request. */
export function encodeBlockRoots(roots: readonly RootHex[], dialect: RootsDialect): Uint8Array {
  const start = dialect === 'container' ? OFFSET : 0
  const body = new Uint8Array(start + 32 * roots.length)
  if (start > 0) body[0] = OFFSET
  for (const [index, root] of roots.entries()) body.set(rootBytes(root), start + 32 * index)
  return body
}

/** The bodies to offer a peer, by protocol name; `leanDialect` is the one that peers with the `lean_` names are sent. */
export function blockRootsBodies(
  roots: readonly RootHex[],
  leanDialect: RootsDialect,
): { readonly protocol: string; readonly body: Uint8Array }[] {
  const bare = encodeBlockRoots(roots, 'bare')
  const lean = leanDialect === 'bare' ? bare : encodeBlockRoots(roots, leanDialect)
  return [
    ...BLOCKS_BY_ROOT_PROTOCOLS.map((protocol) => ({ protocol, body: bare })),
    ...LEAN_BLOCKS_BY_ROOT_PROTOCOLS.map((protocol) => ({ protocol, body: lean })),
  ]
}

/**
 * The roots of a request in either dialect, each once, in their order. At most 1024 are allowed, duplicates counted; the
 * error says what was expected and what came.
 */
export function decodeBlockRoots(body: Uint8Array): Result<RootHex[], string> {
  // A bare list has a multiple of 32 bytes, a container 4 more: their offset, which is always 4.
  const isContainer = body.length % 32 === OFFSET
  if (isContainer && !(body[0] === OFFSET && body[1] === 0 && body[2] === 0 && body[3] === 0)) {
    return failure(`block roots: expected an offset of 4 before the list, got ${toHex(body.subarray(0, 4))}`)
  }
  const list = decode(blockRootsType, isContainer ? body.subarray(OFFSET) : body)
  if (!list.ok) return failure(describeDecodeError(list.error))
  return success([...new Set(list.value.map(toHex))])
}
