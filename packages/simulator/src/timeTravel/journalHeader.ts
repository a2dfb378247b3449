import type { Journal, JournalEntry } from '@trine/actors'
import { describeSettingsError } from '@trine/settings'
import { failure, type Result, SIGNATURE_ENCODINGS, type SignatureEncoding, success } from '@trine/types'
import type { Scenario } from '../scenario.ts'
import { parseScenario, resolveScenario } from '../scenarioFile.ts'
import { writeScenario } from '../scenarioText.ts'
import type { SignatureKit } from '../signatures.ts'

/** What the first line of a journal tells: enough to make every node of the run again. */
export type JournalHeader = {
  readonly scenario: Scenario
  /** 52 bytes each, by validator. */
  readonly publicKeys: readonly Uint8Array[]
  readonly encoding: SignatureEncoding
}

const HEADER = '$simulation'
const FORMAT = 1
const PUBLIC_KEY_LENGTH = 52

/** Writes the first line of a journal. */
export function writeJournalHeader(journal: Journal, scenario: Scenario, kit: SignatureKit): void {
  const { publicKeys, encoding } = kit
  const header = { type: HEADER, format: FORMAT, scenario: writeScenario(scenario), publicKeys, encoding }
  journal.record(0, 'simulation', header)
}

/** Reads the first line of a journal; the error says what it lacks. */
export function readJournalHeader(entry: JournalEntry | undefined): Result<JournalHeader, string> {
  const { type, format, scenario, publicKeys, encoding } = (entry?.message ?? {}) as Record<string, unknown>
  if (type !== HEADER || format !== FORMAT) {
    return failure(
      `expected a first line with a scenario in format ${FORMAT}, as trine simulate --journal writes it`,
    )
  }
  if (!SIGNATURE_ENCODINGS.includes(encoding as SignatureEncoding)) {
    return failure(`encoding: expected one of ${SIGNATURE_ENCODINGS.join(', ')}, got ${String(encoding)}`)
  }
  const parsed = parseScenario(String(scenario))
  const resolved = parsed.ok ? resolveScenario(parsed.value) : parsed
  if (!resolved.ok) return failure(describeSettingsError('scenario', resolved.error))
  const { validators } = resolved.value
  const isKey = (key: unknown) => key instanceof Uint8Array && key.length === PUBLIC_KEY_LENGTH
  if (!Array.isArray(publicKeys) || publicKeys.length !== validators || !publicKeys.every(isKey)) {
    return failure(`publicKeys: expected ${validators} keys of ${PUBLIC_KEY_LENGTH} bytes`)
  }
  return success({ scenario: resolved.value, publicKeys, encoding: encoding as SignatureEncoding })
}
