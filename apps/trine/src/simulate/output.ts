import { writeFileSync } from 'node:fs'
import { UserError } from '../userError.ts'

/** Writes a file that the user asked for; `-` is the standard output. */
export function writeOutput(path: string, text: string): void {
  if (path === '-') {
    process.stdout.write(text)
    return
  }
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UserError(`${path}: expected a file that can be written (${(error as Error).message})`)
  }
}

/** A word of a command line as a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A line on a terminal that the next one takes the place of; nothing where there is no terminal. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY === true) process.stderr.write(`\r\u001b[K${text}`)
}
