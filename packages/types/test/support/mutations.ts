/** xorshift32: small, fast, and the same everywhere. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0 || 1
  }

  uint32(): number {
    let state = this.state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.state = state >>> 0
    return this.state
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.uint32() % limit
  }

  of<Element>(list: readonly Element[]): Element {
    return list[this.below(list.length)] as Element
  }
}

export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.uint32() >>> 11)
}

/** One to four changes of the kinds that break decoders: bits, lengths, offsets, pieces of another input. */
export function mutateBytes(random: Random, valid: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes: Uint8Array = valid.slice()
  for (let count = 1 + random.below(4); count > 0; count--) bytes = mutateOnce(random, bytes, other)
  return bytes
}

function mutateOnce(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1)
  switch (random.below(9)) {
    case 0:
      if (bytes.length > 0) bytes[at % bytes.length]! ^= 1 << random.below(8)
      return bytes
    case 1:
      if (bytes.length > 0) bytes[at % bytes.length] = random.of([0, 1, 0x7f, 0x80, 0xff])
      return bytes
    case 2:
      return bytes.slice(0, at)
    case 3:
      return bytes.slice(at)
    case 4:
      return joined(bytes, randomBytes(random, 1 + random.below(40)))
    case 5:
      return joined(bytes.subarray(0, at), other.subarray(random.below(other.length + 1)))
    case 6:
      return joined(bytes.subarray(0, at), bytes.subarray(random.below(bytes.length + 1)))
    default:
      return withOffset(random, bytes)
  }
}

/** Writes a length that lies, preferably where offsets stand. */
function withOffset(random: Random, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) return bytes
  const word = random.below(Math.min(bytes.length >>> 2, random.of([4, 100, 1e6])))
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const present = view.getUint32(4 * word, true)
  const size = bytes.length
  const lies = [
    0,
    1,
    4,
    size - 1,
    size,
    size + 1,
    present - 4,
    present + 4,
    present + 1,
    2 ** 31,
    2 ** 32 - 1,
  ]
  view.setUint32(4 * word, random.of(lies), true)
  return bytes
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(left.length + right.length)
  bytes.set(left)
  bytes.set(right, left.length)
  return bytes
}

const STRANGE_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  -0,
  1.5,
  2 ** 53,
  1e300,
  Number.NaN,
  5n,
  -(2n ** 63n),
  2n ** 64n - 1n,
  2n ** 64n,
  '',
  '0x',
  '0x0',
  `0x${'ff'.repeat(32)}`,
  `0x${'FF'.repeat(52)}`,
  `0x${'f'.repeat(63)}g`,
  'ff'.repeat(32),
  [],
  {},
  { data: [] },
  { data: [true, false] },
  { data: null },
  { data: new Array(5000).fill(null) },
]

/** A copy with a strange value, a key too many or too few, or a piece of itself somewhere in it. */
export function mutateJson(random: Random, valid: unknown): unknown {
  const copy = structuredClone(valid)
  const parents = objectsIn(copy)
  const parent = random.of(parents)
  const keys = Object.keys(parent)
  const key = keys.length > 0 ? random.of(keys) : 'data'
  switch (random.below(8)) {
    case 0:
      return random.of(STRANGE_VALUES)
    case 1:
      if (Array.isArray(parent)) parent.splice(Number(key), 1)
      else delete parent[key]
      return copy
    case 2:
      if (!Array.isArray(parent))
        Object.defineProperty(parent, random.of(['__proto__', 'constructor', 'slot', 'root', 'more', '0']), {
          value: random.of(STRANGE_VALUES),
          enumerable: true,
        })
      return copy
    case 3:
      parent[key] = structuredClone(random.of(parents))
      return copy
    case 4:
      return copy
    default:
      parent[key] = random.of(STRANGE_VALUES)
      return copy
  }
}

function objectsIn(json: unknown): Record<string, unknown>[] {
  if (typeof json !== 'object' || json === null) return []
  const object = json as Record<string, unknown>
  return [object, ...Object.values(object).flatMap(objectsIn)]
}

/** JSON text with a few characters changed, lost or doubled. */
export function mutateText(random: Random, valid: string): string {
  let text = valid
  for (let count = random.below(3); count > 0; count--) {
    const at = random.below(text.length + 1)
    const piece = random.of([
      '',
      '0',
      '9999999999999999',
      '-',
      '.',
      'e',
      '"',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      'A',
      '\\',
      '\u0000',
    ])
    text = text.slice(0, at) + piece + text.slice(at + random.below(2))
  }
  return text
}
