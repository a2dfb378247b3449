import { OpenReply } from './reply.ts'

/** SHA-256 as `@noble/hashes` and node:crypto offer it. */
export interface TraceHash {
  update(bytes: Uint8Array): unknown
  digest(): Uint8Array
}

/**
 * Objects and byte strings that take more bytes stand in the trace as their hashes, kept as long as they live. Low enough
 * for a vote, which goes through the mailboxes of all nodes.
 */
const LONGEST_INLINE = 256

const HASH_LENGTH = 32

/** First byte of each encoded value. */
const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  number: 4,
  bigint: 5,
  string: 6,
  bytes: 7,
  array: 8,
  object: 9,
  reply: 10,
  hash: 11,
  instance: 12,
  name: 13,
  end: 14,
} as const

/**
 * The fields that were last seen somewhere, e.g. in messages of one kind: they are nearly always the same, and comparing
 * names costs less than looking up their numbers. Has no influence on what is written.
 */
export class Shape {
  readonly names: string[] = []
  readonly numbers: number[] = []
  readonly values: Shape[] = []

  expect(place: number, name: string, number: number): void {
    this.names[place] = name
    this.numbers[place] = number
    this.values[place] ??= new Shape()
  }
}

/**
 * Writes values of messages as bytes, each with a tag and where needed its length, so that different values never give
 * the same bytes. Fields stand in the order in which they were set, their names in full the first time and by number
 * later. Numbers are float64, little-endian.
 */
export class TraceEncoder {
  #bytes = new Uint8Array(1 << 16)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  readonly #startHash: () => TraceHash
  readonly #names = new Map<string, number>()
  readonly #hashes = new WeakMap<object, Uint8Array>()
  readonly #text = new TextEncoder()

  constructor(startHash: () => TraceHash) {
    this.#startHash = startHash
  }

  /** Bytes waiting to be drained. */
  get length(): number {
    return this.#length
  }

  /** The bytes written since the last drain; valid until something is written again. */
  drain(): Uint8Array {
    const written = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return written
  }

  number(value: number): void {
    this.#reserve(9)
    this.#bytes[this.#length] = TAG.number
    this.#view.setFloat64(this.#length + 1, value, true)
    this.#length += 9
  }

  string(text: string): void {
    this.#tagged(TAG.string, text)
  }

  /** The name of a field or an actor: in full at first, later by number. Returns the number. */
  name(name: string): number {
    const number = this.#names.get(name)
    if (number !== undefined) {
      this.#header(TAG.name, number)
      return number
    }
    this.#names.set(name, this.#names.size)
    this.string(name)
    return this.#names.size - 1
  }

  /** The fields of an object, in full whatever their size. */
  fields(value: object, shape: Shape): void {
    const fields = value as Record<string, unknown>
    this.#header(TAG.object, 0)
    let place = 0
    for (const name in fields) {
      if (shape.names[place] === name) this.#header(TAG.name, shape.numbers[place]!)
      else shape.expect(place, name, this.name(name))
      this.value(fields[name], shape.values[place]!)
      place += 1
    }
    this.#header(TAG.end, 0)
  }

  value(value: unknown, shape: Shape): void {
    if (typeof value === 'string') this.string(value)
    else if (typeof value === 'number') this.number(value)
    else if (typeof value === 'boolean') this.#header(value ? TAG.true : TAG.false, 0)
    else if (typeof value === 'bigint') this.#tagged(TAG.bigint, value.toString())
    else if (value === null) this.#header(TAG.null, 0)
    else if (typeof value === 'object') this.#shared(value, shape)
    else this.#header(TAG.undefined, 0)
  }

  /** An object, or its hash where it is long: the next message that holds the same object need not look inside. */
  #shared(value: object, shape: Shape): void {
    const known = this.#hashes.get(value)
    if (known !== undefined) {
      this.#hash(known)
      return
    }
    const start = this.#length
    this.#object(value, shape)
    if (this.#length - start <= LONGEST_INLINE) return
    const hash = this.#startHash()
    hash.update(this.#bytes.subarray(start, this.#length))
    const digest = hash.digest()
    this.#hashes.set(value, digest)
    this.#length = start
    this.#hash(digest)
  }

  #object(value: object, shape: Shape): void {
    if (value instanceof Uint8Array) {
      this.#header(TAG.bytes, value.length)
      this.#append(value)
    } else if (Array.isArray(value)) {
      this.#header(TAG.array, value.length)
      for (const item of value) this.value(item, shape)
    } else if (value instanceof OpenReply) {
      this.#header(TAG.reply, 0)
    } else {
      const prototype = Object.getPrototypeOf(value) as object | null
      if (prototype === Object.prototype || prototype === null) this.fields(value, shape)
      else this.#tagged(TAG.instance, prototype.constructor.name)
    }
  }

  #hash(digest: Uint8Array): void {
    this.#header(TAG.hash, HASH_LENGTH)
    this.#append(digest)
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #header(tag: number, length: number): void {
    this.#reserve(5)
    this.#bytes[this.#length] = tag
    this.#view.setUint32(this.#length + 1, length, true)
    this.#length += 5
  }

  /** A text with its length in bytes. Nearly all are ASCII, which a loop writes faster than the encoder. */
  #tagged(tag: number, text: string): void {
    this.#reserve(5 + 3 * text.length)
    const start = this.#length + 5
    let length = 0
    for (; length < text.length; length++) {
      const code = text.charCodeAt(length)
      if (code > 127) {
        length = this.#text.encodeInto(text, this.#bytes.subarray(start)).written
        break
      }
      this.#bytes[start + length] = code
    }
    this.#header(tag, length)
    this.#length = start + length
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
