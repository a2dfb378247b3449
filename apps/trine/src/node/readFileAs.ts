import { existsSync } from 'node:fs'
import { MAX_FILE_BYTES } from '@trine/config'
import { describeSettingsError, type SettingsResult } from '@trine/settings'
import { readLimited } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { readOrUserError } from '../userInput.ts'

/** The content of a text file as `parse` reads it; what is wrong is a UserError that names file and field. */
export async function readFileAs<T>(file: string, parse: (text: string) => SettingsResult<T>): Promise<T> {
  const bytes = await readOrUserError(file, () => readLimited(file, MAX_FILE_BYTES))
  const parsed = parse(new TextDecoder().decode(bytes))
  if (!parsed.ok) throw new UserError(describeSettingsError(file, parsed.error))
  return parsed.value
}

/** As `readFileAs`; undefined where there is no such file. */
export async function readIfThere<T>(
  file: string,
  parse: (text: string) => SettingsResult<T>,
): Promise<T | undefined> {
  return existsSync(file) ? readFileAs(file, parse) : undefined
}
