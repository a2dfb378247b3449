/** SSZ and JSON of a big state and a full block, beside what the libraries do alone: `npm run bench -- codec`. */
import { measure, printTable, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import {
  type Attestation,
  attestationType,
  BitArray,
  blockWithAttestationType,
  decode,
  decodeToView,
  fromJson,
  parseJson,
  type StateValue,
  stateType,
  stringifyJson,
  toJson,
  type Uint64,
} from '../src/index.ts'

const VALIDATORS = 4096
const SLOTS = 10_000

function bigState(slot: Uint64): StateValue {
  return {
    ...stateType.defaultValue(),
    slot,
    validators: Array.from({ length: VALIDATORS }, (_, index) => ({
      pubkey: new Uint8Array(52).fill(index),
      index,
    })),
    historicalBlockHashes: Array.from({ length: SLOTS }, (_, index) => new Uint8Array(32).fill(index)),
    justifiedSlots: BitArray.fromBitLen(SLOTS),
  }
}

function fullBlock() {
  const value = blockWithAttestationType.defaultValue()
  const attestation: Attestation = attestationType.defaultValue()
  value.block.body.attestations = Array.from({ length: VALIDATORS }, (_, validatorIndex) => ({
    ...attestation,
    validatorIndex,
  }))
  return value
}

const milliseconds = (run: () => unknown) => threeDigits(measure({ run }).median)

function textRow(text: string, value: StateValue) {
  const json = toJson(stateType, value)
  const written = stringifyJson(json)
  const [plainly, ours] = [milliseconds(() => JSON.parse(written)), milliseconds(() => parseJson(written))]
  return {
    text,
    KiB: Math.round(written.length / 1024),
    'JSON.parse ms': plainly,
    'parseJson ms': ours,
    ratio: threeDigits(ours / plainly),
    'stringifyJson ms': milliseconds(() => stringifyJson(json)),
  }
}

function codecRow(name: string, type: typeof stateType | typeof blockWithAttestationType, value: unknown) {
  const anyType = type as typeof stateType
  const bytes = anyType.serialize(value as StateValue)
  const json = toJson(anyType, value as StateValue)
  return {
    value: name,
    KiB: Math.round(bytes.length / 1024),
    'encode ms': milliseconds(() => anyType.serialize(value as StateValue)),
    'decode ms': milliseconds(() => decode(anyType, bytes)),
    'decodeToView ms': milliseconds(() => decodeToView(anyType, bytes)),
    'toJson ms': milliseconds(() => toJson(anyType, value as StateValue)),
    'fromJson ms': milliseconds(() => fromJson(anyType, json)),
  }
}

const texts = [
  textRow('state, small integers', bigState(7)),
  textRow('state, one above 2^53', bigState(2n ** 64n - 1n)),
]
const codecs = [
  codecRow(`state of ${VALIDATORS} validators, ${SLOTS} slots`, stateType, bigState(7)),
  codecRow(`block of ${VALIDATORS} attestations`, blockWithAttestationType, fullBlock()),
]
printTable('JSON text', texts)
printTable('SSZ and JSON values', codecs)
writeJson('codec', { texts, codecs })
