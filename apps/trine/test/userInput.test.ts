import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { open, readFile, rmdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UserError } from '../src/userError.ts'
import { withFileErrors } from '../src/userInput.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-input-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What is said of work that the system refuses. */
async function refusal(file: string, work: () => Promise<unknown>): Promise<string> {
  const error: unknown = await withFileErrors(file, work).then(
    () => undefined,
    (refused) => refused,
  )
  if (!(error instanceof UserError)) throw error
  return error.message.replaceAll(`${folder}/`, '')
}

it('whatever the system refuses is one line that names the file', async () => {
  const at = (name: string) => join(folder, name)
  const reading = (name: string) => refusal(at(name), () => readFile(at(name)))
  symlinkSync('loop', at('loop'))
  expect(await reading('loop')).toBe('loop: too many symbolic links encountered')
  const long = 'x'.repeat(300)
  expect(await reading(long)).toBe(`${long}: name too long`)
  expect(await reading('none')).toBe('none: no such file or folder')
  expect(await refusal('f', () => rmdir('.'))).toBe('.: invalid argument')
  mkdirSync(at('full/er'), { recursive: true })
  expect(await refusal('f', () => rmdir(at('full')))).toBe('full: directory not empty')
  const server = createServer().listen(at('socket'))
  await new Promise((resolve) => server.once('listening', resolve))
  expect(await reading('socket')).toBe('socket: no such device or address')
  server.close()
  const handle = await open(at('closed'), 'w')
  await handle.close()
  expect(await refusal('closed', () => handle.write('x'))).toMatch(/^closed: [^\n]+$/)
})

it('what is no word of the system stays the error that it is', async () => {
  const broken = new TypeError('broken within')
  await expect(withFileErrors('f', () => Promise.reject(broken))).rejects.toBe(broken)
})
