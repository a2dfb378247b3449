export const KECCAK_ROUNDS = 24

/** Round constants of Keccak's iota (FIPS 202, 3.2.5), from its shift register: x^8 + x^6 + x^5 + x^4 + 1. */
export function keccakRoundConstants(): bigint[] {
  let register = 1
  return Array.from({ length: KECCAK_ROUNDS }, () => {
    let constant = 0n
    for (let bit = 0; bit < 7; bit++) {
      if (register & 1) constant |= 1n << BigInt((1 << bit) - 1)
      register = register & 0x80 ? ((register << 1) & 0xff) ^ 0x71 : register << 1
    }
    return constant
  })
}
