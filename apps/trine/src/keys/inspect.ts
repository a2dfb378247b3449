import { slotAt } from '@trine/messages'
import { PRESET } from '@trine/types'
import {
  detectSecretKeyFormat,
  type KeyFileHeader,
  openSecretKey,
  publicKeyToHex,
  readKeyFileHeader,
} from '@trine/xmss'
import { readLimited } from '@trine/xmss/node'
import { formatDuration } from '../formatDuration.ts'
import { timingOf } from '../node/timingOf.ts'
import { orUserError, parseCount, withFileErrors } from '../userInput.ts'

const MAX_KEY_FILE_BYTES = 128 * 1024 * 1024

export interface InspectFlags {
  readonly genesisTime?: string
  readonly json?: boolean
}

/** Prints the public part of a key file. An encrypted file is not opened: its header has it all. */
export async function inspect(file: string, flags: InspectFlags): Promise<void> {
  await withFileErrors(file, async () => {
    const bytes = orUserError(file, await readLimited(file, MAX_KEY_FILE_BYTES))
    const format = detectSecretKeyFormat(bytes)
    const header =
      format === 'trinekey' ? orUserError(file, readKeyFileHeader(bytes)) : openPlain(file, bytes)
    const slot = flags.genesisTime === undefined ? undefined : currentSlot(flags.genesisTime)
    const facts = { file, format, ...factsOf(header), ...lifeOf(header, slot) }
    if (flags.json) console.log(JSON.stringify(facts, null, 2))
    else for (const line of describe(facts)) console.log(line)
  })
}

function openPlain(file: string, bytes: Uint8Array): KeyFileHeader {
  const { scheme, publicKey, secretKey } = orUserError(file, openSecretKey(bytes))
  const { activationEpoch, numActiveEpochs, leftBottomTreeIndex } = secretKey
  return { scheme, publicKey, activationEpoch, numActiveEpochs, leftBottomTreeIndex, encryption: undefined }
}

function currentSlot(genesisTime: string): number {
  const genesis = parseCount('--genesis-time', genesisTime, 0, 2 ** 40)
  return slotAt(Date.now(), timingOf(genesis))
}

function factsOf(header: KeyFileHeader) {
  const { scheme, activationEpoch, numActiveEpochs, leftBottomTreeIndex } = header
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const prepared = leftBottomTreeIndex * leaves
  return {
    isEncrypted: header.encryption !== undefined,
    scheme: scheme.name,
    prfBytesPerElement: scheme.prfBytesPerElement,
    roundConstantOrder: scheme.roundConstantOrder,
    publicKey: `0x${publicKeyToHex(header.publicKey)}`,
    firstEpoch: activationEpoch,
    lastEpoch: activationEpoch + numActiveEpochs - 1,
    firstPreparedEpoch: prepared,
    lastPreparedEpoch: prepared + 2 * leaves - 1,
  }
}

/** How long the key lasts: from the current slot, or as a whole if that is not known. */
function lifeOf({ activationEpoch, numActiveEpochs }: KeyFileHeader, slot: number | undefined) {
  const end = activationEpoch + numActiveEpochs
  const epochsLeft = slot === undefined ? numActiveEpochs : Math.max(0, Math.min(numActiveEpochs, end - slot))
  return { currentSlot: slot, epochsLeft, secondsLeft: epochsLeft * PRESET.secondsPerSlot }
}

function describe(
  facts: { file: string; format: string } & ReturnType<typeof factsOf> & ReturnType<typeof lifeOf>,
) {
  const { currentSlot: slot, firstEpoch, lastEpoch, epochsLeft } = facts
  const duration = formatDuration(facts.secondsLeft)
  const order =
    facts.roundConstantOrder === 'plonky3' ? '' : `, round constants in ${facts.roundConstantOrder} order`
  const left =
    slot === undefined
      ? `${epochsLeft} epochs in all, ${duration} at ${PRESET.secondsPerSlot} s slots`
      : `${epochsLeft} epochs from slot ${slot} on, ${duration} at ${PRESET.secondsPerSlot} s slots`
  return [
    `file        ${facts.file}`,
    `format      ${facts.format}, ${facts.isEncrypted ? 'encrypted' : 'not encrypted'}`,
    `scheme      ${facts.scheme}, ${facts.prfBytesPerElement} PRF bytes per element${order}`,
    `public key  ${facts.publicKey}`,
    `active      epochs ${firstEpoch} to ${lastEpoch}`,
    `prepared    epochs ${facts.firstPreparedEpoch} to ${facts.lastPreparedEpoch}`,
    `left        ${left}`,
  ]
}
