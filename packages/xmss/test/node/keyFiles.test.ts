import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publicKeyOf } from '../../src/keys/shape.ts'
import {
  readLimited,
  readPassphraseFile,
  readSecretKeyFile,
  writeSecretKeyFile,
} from '../../src/node/keyFiles.ts'
import { vectorKeys } from '../keys/support.ts'

const { scheme, secretKey } = vectorKeys()[2]!
const opened = { scheme, publicKey: publicKeyOf(secretKey), secretKey }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xmss-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function passphraseOf(text: string) {
  const file = join(folder, 'passphrase')
  writeFileSync(file, text)
  const read = await readPassphraseFile(file)
  return read.ok ? read.value : read.error.code
}

describe('key files', () => {
  it.each(['ssz', 'json', 'trinekey'] as const)(
    '%s: written for the owner alone, and read again',
    async (format) => {
      const file = join(folder, `key.${format}`)
      await writeSecretKeyFile(file, format, opened, { existing: 'create' })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(await readSecretKeyFile(file)).toEqual({ ok: true, value: opened })
      await expect(writeSecretKeyFile(file, format, opened, { existing: 'create' })).rejects.toThrow('EEXIST')
      await writeSecretKeyFile(file, format, opened, { existing: 'replace' })
      expect(await readSecretKeyFile(file)).toEqual({ ok: true, value: opened })
    },
  )

  it('with a passphrase: opens with the same one, at the full cost', async () => {
    const file = join(folder, 'key')
    const passphrase = await passphraseOf('secret words\n')
    if (typeof passphrase === 'string') throw new Error(passphrase)
    await writeSecretKeyFile(file, 'trinekey', opened, { existing: 'create', passphrase })
    const again = await passphraseOf('secret words')
    if (typeof again === 'string') throw new Error(again)
    expect(await readSecretKeyFile(file, again)).toEqual({ ok: true, value: opened })
    expect(await readSecretKeyFile(file)).toMatchObject({ ok: false, error: { code: 'passphraseNeeded' } })
    await expect(
      writeSecretKeyFile(file, 'ssz', opened, { existing: 'replace', passphrase }),
    ).rejects.toThrow(RangeError)
  })

  it('passphrase files: one line end is not part of it, empty and huge ones are refused', async () => {
    expect(await passphraseOf('')).toBe('malformed')
    expect(await passphraseOf('\r\n')).toBe('malformed')
    expect(await passphraseOf('\n\n')).not.toBe('malformed')
    expect(await passphraseOf('x'.repeat(5000))).toBe('wrongLength')
  })

  it('never reads more than the limit, not even of a file without an end', async () => {
    const file = join(folder, 'large')
    writeFileSync(file, 'x')
    truncateSync(file, 2 ** 40)
    expect(await readLimited(file, 1000)).toMatchObject({ ok: false, error: { code: 'wrongLength' } })
    expect(await readLimited('/dev/zero', 1000)).toMatchObject({ ok: false, error: { code: 'wrongLength' } })
    expect(await readSecretKeyFile(file)).toMatchObject({ ok: false, error: { code: 'wrongLength' } })
    await expect(readLimited(join(folder, 'none'), 1)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
