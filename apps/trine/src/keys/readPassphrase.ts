import type { Passphrase } from '@trine/xmss'
import { readPassphraseFile } from '@trine/xmss/node'
import { readOrUserError } from '../userInput.ts'

/** The passphrase in the file that was named, if one was. */
export async function readPassphrase(file: string | undefined): Promise<Passphrase | undefined> {
  return file === undefined ? undefined : readOrUserError(file, readPassphraseFile)
}
