import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Journal, JournalEntry } from './journal.ts'
import { decodeJournalEntry, encodeJournalEntry } from './journalText.ts'

/** Characters collected before they are written. */
const WRITE_AT = 1 << 16

export type JournalFile = Journal & {
  /** Writes what is left and closes the file. Does not throw either. */
  close(): void
}

/**
 * A journal that writes one line per message. Writing blocks: the file can be slow, but never fills the memory. Throws
 * when the file cannot be opened.
 *
 * @param onError told once when something cannot be written, as on a full disk; nothing is written from then on
 */
export function createJournalFile(path: string, onError: (error: Error) => void): JournalFile {
  const file = openSync(path, 'w')
  let text = ''
  let sequence = 0
  let isBroken = false
  const attempt = (write: () => void) => {
    try {
      write()
    } catch (error) {
      if (isBroken) return
      isBroken = true
      onError(error as Error)
    }
  }
  const flush = () => {
    for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest))
    text = ''
  }
  return {
    record(time, actor, message, monotonic = time) {
      if (isBroken) return
      text += `${encodeJournalEntry({ sequence, time, monotonic, actor, message })}\n`
      sequence += 1
      if (text.length >= WRITE_AT) attempt(flush)
    },
    close() {
      if (!isBroken) attempt(flush)
      attempt(() => closeSync(file))
    },
  }
}

/**
 * Reads a journal file entry by entry. Throws an error with file and line where one cannot be read.
 *
 * @param isWanted lines for which it says no are passed over unread, which is much quicker than reading them
 */
export async function* readJournalFile(
  path: string,
  isWanted: (line: string) => boolean = () => true,
): AsyncGenerator<JournalEntry> {
  let lineNumber = 0
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lineNumber += 1
    if (!isWanted(line)) continue
    const entry = decodeJournalEntry(line)
    if (!entry.ok) throw new Error(`${path}:${lineNumber}: ${entry.error.message}`)
    yield entry.value
  }
}
