import { readLimited } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { readOrUserError } from '../userInput.ts'

const LONGEST_FILE = 4096

/** The token of the admin routes in a file. What is wrong with it is said without showing it. */
export async function readAdminToken(file: string): Promise<string> {
  const bytes = await readOrUserError(file, () => readLimited(file, LONGEST_FILE))
  const token = new TextDecoder().decode(bytes).trim()
  // A header takes no other.
  if (/^[\x20-\x7e]+$/.test(token)) return token
  throw new UserError(`${file}: expected a token in one line of ASCII characters`)
}
