const POLYNOMIAL = 0x82f63b78

/** Four tables, to take four bytes at a step. */
const TABLES = makeTables()

/** CRC-32C (Castagnoli) as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  const [table0, table1, table2, table3] = TABLES
  const end = bytes.length & ~3
  let crc = -1
  let offset = 0
  for (; offset < end; offset += 4) {
    crc ^=
      bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)
    crc = table3[crc & 255]! ^ table2[(crc >>> 8) & 255]! ^ table1[(crc >>> 16) & 255]! ^ table0[crc >>> 24]!
  }
  for (; offset < bytes.length; offset++) crc = table0[(crc ^ bytes[offset]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}

type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array]

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
    return crc
  })
  const next = (table: Int32Array) => table.map((crc) => first[crc & 255]! ^ (crc >>> 8))
  const second = next(first)
  const third = next(second)
  return [first, second, third, next(third)]
}
