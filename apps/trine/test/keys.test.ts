import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSecretKey, schemes } from '@trine/xmss'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formatDuration } from '../src/formatDuration.ts'
import { generate as generateKeys } from '../src/keys/generate.ts'
import { readManifest, writeManifest } from '../src/keys/manifest.ts'
import { verify as verifyKeys } from '../src/keys/verify.ts'
import { Progress } from '../src/progress.ts'
import { UserError } from '../src/userError.ts'
import { bin, trine } from './support/trine.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const keys = (...args: readonly string[]) => trine(['keys', ...args])
const generate = (...args: readonly string[]) =>
  keys('generate', '--out', folder, '--scheme', 'test', ...args)
const file = (name: string) => join(folder, name)
const contents = () => new Map(readdirSync(folder).map((name) => [name, readFileSync(file(name), 'latin1')]))

function prfKeyHex(name: string): string {
  const opened = openSecretKey(readFileSync(file(name)))
  if (!opened.ok) throw new Error(opened.error.message)
  return Buffer.from(opened.value.secretKey.prfKey).toString('hex')
}

describe('trine keys generate', () => {
  it('makes the folder that lean-quickstart expects, secrets for the owner alone', async () => {
    const { exitCode, stdout } = await generate('--count', '2', '--format', 'json,ssz')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `2 keys in ${folder}: 2 made, 0 kept\n` })
    const perKey = (index: number) =>
      ['pk.json', 'pk.ssz', 'sk.json', 'sk.ssz'].map((name) => `validator_${index}_${name}`)
    expect(readdirSync(folder).sort()).toEqual(['validator-keys-manifest.yaml', ...perKey(0), ...perKey(1)])
    for (const name of readdirSync(folder)) {
      const isSecret = name.includes('_sk.')
      expect([name, (statSync(file(name)).mode & 0o077) === 0]).toEqual([name, isSecret])
    }
    const manifest = parse(readFileSync(file('validator-keys-manifest.yaml'), 'utf8'), { schema: 'failsafe' })
    const publicKey = (index: number) =>
      `0x${readFileSync(file(`validator_${index}_pk.ssz`)).toString('hex')}`
    expect(manifest).toMatchObject({
      num_active_epochs: '256',
      log_num_active_epochs: '8',
      num_validators: '2',
    })
    expect(manifest.validators).toEqual([
      { index: '0', pubkey_hex: publicKey(0), privkey_file: 'validator_0_sk.ssz' },
      { index: '1', pubkey_hex: publicKey(1), privkey_file: 'validator_1_sk.ssz' },
    ])
    expect(publicKey(0)).not.toBe(publicKey(1))
    for (const format of ['ssz', 'json'])
      expect(prfKeyHex(`validator_0_sk.${format}`)).toBe(prfKeyHex('validator_0_sk.ssz'))
  })

  it('keeps what is there and adds what is missing', async () => {
    await generate('--count', '2')
    const before = contents()
    rmSync(file('validator_1_pk.json'))
    const { stdout } = await generate('--count', '3', '--format', 'ssz,json')
    expect(stdout).toBe(`3 keys in ${folder}: 1 made, 2 kept\n`)
    const after = contents()
    for (const [name, content] of before) {
      if (name !== 'validator-keys-manifest.yaml')
        expect([name, after.get(name) === content]).toEqual([name, true])
    }
    expect(prfKeyHex('validator_1_sk.json')).toBe(prfKeyHex('validator_1_sk.ssz'))
  })

  it('continues after kill -9 at any moment, and half a file never remains', async () => {
    const count = 4
    const range = ['--scheme', 'devnet', '--active-epochs', '2048', '--count', String(count)]
    const args = ['keys', 'generate', '--out', folder, ...range]
    const kept = new Map<string, string>()
    for (const victim of ['validator_0_sk', 'validator_1_sk', 'validator_2_pk']) {
      await killWhenAppears([bin, ...args], victim)
      for (const name of readdirSync(folder).filter((name) => /^validator_\d_sk\.ssz$/.test(name))) {
        const bytes = readFileSync(file(name))
        expect(openSecretKey(bytes).ok).toBe(true)
        expect(kept.get(name) ?? bytes.toString('latin1')).toBe(bytes.toString('latin1'))
        kept.set(name, bytes.toString('latin1'))
      }
    }
    expect(kept.size).toBeLessThan(count)
    writeFileSync(file('.validator_3_sk.ssz.0123456789abcdef.tmp'), 'half')
    const { exitCode } = await keys(...args.slice(1))
    expect(exitCode).toBe(0)
    for (const [name, content] of kept) expect(readFileSync(file(name), 'latin1')).toBe(content)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect((await keys('verify', folder)).exitCode).toBe(0)
  }, 120_000)

  it('encrypts with a passphrase', async () => {
    const passphrase = join(folder, 'passphrase')
    writeFileSync(passphrase, 'correct horse battery staple\n')
    const made = await keys(
      ...['generate', '--out', join(folder, 'keys'), '--scheme', 'test', '--count', '1'],
      ...['--passphrase-file', passphrase],
    )
    expect(made.exitCode).toBe(0)
    const keyFile = join(folder, 'keys', 'validator_0_sk.trinekey')
    const inspected = await keys('inspect', keyFile)
    expect(inspected.stdout).toContain('format      trinekey, encrypted\n')
    expect(await keys('verify', join(folder, 'keys'), '--passphrase-file', passphrase)).toMatchObject({
      exitCode: 0,
    })
    expect(await keys('verify', keyFile)).toMatchObject({
      exitCode: 1,
      stdout: `FAIL ${keyFile}: key file: it is encrypted and no passphrase was given\n`,
    })
    writeFileSync(passphrase, 'correct horse battery stable')
    expect(await keys('verify', keyFile, '--passphrase-file', passphrase)).toMatchObject({
      exitCode: 1,
      stdout: `FAIL ${keyFile}: key file: it does not open with this passphrase\n`,
    })
  })

  it.each([
    [{ count: '0' }, '--count: expected a whole number from 1 to 4096, got "0"'],
    [{ count: '1e3' }, '--count: expected a whole number from 1 to 4096, got "1e3"'],
    [{ scheme: 'toy' }, '--scheme: expected production, devnet, test, got "toy"'],
    [{ activeEpochs: '257' }, '--active-epochs: expected a whole number from 1 to 256, got "257"'],
    [{ firstEpoch: '-1' }, '--first-epoch: expected a whole number from 0 to 255, got "-1"'],
    [{ format: 'pem' }, '--format: expected ssz, json, trinekey, got "pem"'],
    [{ passphraseFile: '/nowhere/x' }, '/nowhere/x: no such file or folder'],
    [{ passphraseFile: '/dev/null' }, '/dev/null: expected a passphrase, the file is empty'],
    [{ out: '/dev/null/x' }, '/dev/null/x: expected a folder, this is a file'],
  ])('%j is refused with one line', async (wrong, line) => {
    const flags = { out: folder, count: '1', scheme: 'test', firstEpoch: '0', ...wrong }
    await expect(generateKeys(flags)).rejects.toThrow(new UserError(line))
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends with exit code 2 after such a line', async () => {
    const stderr = 'trine: --count: expected a whole number from 1 to 4096, got "x"\n'
    expect(await generate('--count', 'x')).toEqual({ exitCode: 2, stdout: '', stderr })
  })

  it('refuses a folder of other or damaged keys instead of touching them', async () => {
    await generate('--count', '1', '--active-epochs', '32')
    const before = contents()
    expect(await generate('--count', '1', '--active-epochs', '64')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'validator 0 has a test key for epochs 0 to 31, expected test and 0 to 63',
      ),
    })
    expect(await generate('--count', '1', '--scheme', 'devnet')).toMatchObject({ exitCode: 2 })
    expect(contents()).toEqual(before)
    const damaged = readFileSync(file('validator_0_sk.ssz'))
    damaged[1000]! ^= 1
    chmodSync(file('validator_0_sk.ssz'), 0o600)
    writeFileSync(file('validator_0_sk.ssz'), damaged)
    expect(await generate('--count', '1', '--active-epochs', '32')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${file('validator_0_sk.ssz')}: `),
    })
    expect(readFileSync(file('validator_0_sk.ssz')).equals(damaged)).toBe(true)
  })
})

describe('trine keys inspect', () => {
  it('describes every format, and never shows the secret', async () => {
    await generate(
      '--count',
      '1',
      '--format',
      'ssz,json,trinekey',
      '--first-epoch',
      '40',
      '--active-epochs',
      '50',
    )
    const publicKey = `0x${readFileSync(file('validator_0_pk.ssz')).toString('hex')}`
    const secret = prfKeyHex('validator_0_sk.ssz')
    const firstBytes = [...Buffer.from(secret.slice(0, 8), 'hex')]
    for (const format of ['ssz', 'json', 'trinekey']) {
      const path = file(`validator_0_sk.${format}`)
      const { stdout, stderr } = await keys('inspect', path)
      expect(stdout.split('\n')).toEqual([
        `file        ${path}`,
        `format      ${format}, not encrypted`,
        'scheme      test, 16 PRF bytes per element',
        `public key  ${publicKey}`,
        'active      epochs 32 to 95',
        'prepared    epochs 32 to 63',
        'left        64 epochs in all, 4 min 16 s at 4 s slots',
        '',
      ])
      expect(stdout + stderr).not.toContain(secret.slice(0, 16))
      expect((stdout + stderr).replace(/\s/g, '')).not.toContain(firstBytes.join(','))
    }
    const json = await keys('inspect', file('validator_0_sk.ssz'), '--json', '--genesis-time', '1000000000')
    const expected = { format: 'ssz', publicKey, lastEpoch: 95, epochsLeft: 0, secondsLeft: 0 }
    expect(JSON.parse(json.stdout)).toMatchObject(expected)
    expect(json.stdout).not.toContain(secret.slice(0, 16))
  })

  it('says what is wrong with a file in one line, exit 2', async () => {
    writeFileSync(file('x.ssz'), 'nothing of the kind')
    expect(await keys('inspect', file('x.ssz'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `trine: ${file('x.ssz')}: secret key: not valid JSON\n`,
    })
    expect((await keys('inspect', file('none'))).stderr).toBe(
      `trine: ${file('none')}: no such file or folder\n`,
    )
    expect((await keys('inspect', folder)).stderr).toBe(
      `trine: ${folder}: expected a file, this is a folder\n`,
    )
  })
})

describe('trine keys verify', () => {
  it('says ok for each key, with every leaf if asked', async () => {
    await generate('--count', '2')
    const { exitCode, stdout } = await keys('verify', folder, '--full')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      `${[0, 1]
        .map((index) => file(`validator_${index}_sk.ssz`))
        .map(
          (path) => `ok   ${path}: 45 hashes and 12 leaves computed again; all 256 leaves computed again\n`,
        )
        .join('')}2 keys in ${file('validator-keys-manifest.yaml')}: all right\n`,
    )
  })

  it('finds swapped, doubled, missing, damaged and foreign keys', async () => {
    await generate('--count', '5')
    const manifest = file('validator-keys-manifest.yaml')
    const text = readFileSync(manifest, 'utf8')
    const publicKeys = [...text.matchAll(/pubkey_hex: 0x([0-9a-f]+)/g)].map((match) => match[1] as string)
    const montgomery = Buffer.from(
      (
        JSON.parse(readFileSync(file('validator_4_pk.json'), 'utf8')) as {
          root: number[]
          parameter: number[]
        }
      ).root
        .concat(JSON.parse(readFileSync(file('validator_4_pk.json'), 'utf8')).parameter)
        .flatMap((value) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255]),
    ).toString('hex')
    writeFileSync(
      manifest,
      text
        .replace('privkey_file: validator_1_sk.ssz', 'privkey_file: validator_0_sk.ssz')
        .replace(publicKeys[1]!, publicKeys[0]!)
        .replace(publicKeys[4]!, montgomery),
    )
    rmSync(file('validator_2_sk.ssz'))
    const damaged = readFileSync(file('validator_3_sk.ssz'))
    damaged[2000]! ^= 1
    writeFileSync(file('validator_3_sk.ssz'), damaged)
    chmodSync(file('validator_0_sk.ssz'), 0o644)
    const { exitCode, stdout } = await keys('verify', folder)
    expect(exitCode).toBe(1)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^ok .*others may read this file \(chmod 600\)$/)
    expect(lines[1]).toMatch(/^FAIL .*validator_0_sk\.ssz: validator 0 has the same public key$/)
    expect(lines[2]).toMatch(/^FAIL .*validator_2_sk\.ssz: no such file$/)
    expect(lines[3]).toMatch(
      /^FAIL .*validator_3_sk\.ssz: left_bottom_tree\.layers\[\d\]: node \d+ is not the hash of its children$/,
    )
    expect(lines[4]).toMatch(
      /^FAIL .*validator_4_sk\.ssz: the manifest has the public key in Montgomery form/,
    )
    expect(lines[5]).toMatch(/not all right$/)
  })

  it.each([
    ['validators: 5', 'validators: expected a list'],
    [
      'validators:\n  - pubkey_hex: 0x12\n    privkey_file: a',
      'validators[0].pubkey_hex: expected a public key: 52 bytes in hex',
    ],
    ['a: [', 'expected YAML: '],
    [
      `validators:\n  - pubkey_hex: ${'ab'.repeat(52)}\n    privkey_file: ../x`,
      'validators[0].privkey_file: expected the name of a file in the folder of keys',
    ],
  ])('a manifest of %j is refused with one line', async (text, message) => {
    const manifest = file('validator-keys-manifest.yaml')
    writeFileSync(manifest, text)
    const refused = await verifyKeys(folder, {}).catch((error) => error)
    expect(refused).toBeInstanceOf(UserError)
    expect(refused.message.startsWith(`${manifest}: ${message}`)).toBe(true)
    expect(refused.message.split('\n')).toHaveLength(1)
  })
})

it('readManifest refuses any text with a UserError, or reads what writeManifest wrote', () => {
  const entries = [0, 1, 2].map((index) => ({
    index,
    publicKeyHex: `${index}e`.repeat(52),
    secretKeyFile: `validator_${index}_sk.ssz`,
  }))
  const valid = writeManifest({ scheme: schemes.production, numActiveEpochs: 131072 }, entries)
  expect(readManifest('m', valid)).toEqual(entries)
  const changed = fc
    .tuple(fc.nat(valid.length), fc.nat(20), fc.string({ maxLength: 10 }))
    .map(([at, cut, text]) => valid.slice(0, at) + text + valid.slice(at + cut))
  fc.assert(
    fc.property(fc.oneof(fc.string(), changed), (text) => {
      try {
        for (const entry of readManifest('m', text)) expect(entry.publicKeyHex).toMatch(/^[0-9a-f]{104}$/)
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
      }
    }),
    { numRuns: 300 },
  )
})

describe('progress', () => {
  const makeOutput = (isTTY: boolean) => {
    const written: string[] = []
    return { isTTY, written, write: (text: string) => written.push(text) }
  }

  it('draws a bar with an estimate on a terminal, and takes it away for lines', () => {
    const output = makeOutput(true)
    const progress = new Progress(output, 100)
    progress.update(50, 'key 1 of 2')
    progress.update(100, 'key 2 of 2')
    progress.line('done')
    expect(output.written[0]).toMatch(/^\r█{15}░{15} 50 % \S+ s left · key 1 of 2/)
    expect(output.written.at(-3)).toMatch(/^\r█{30} 100 % 0\.0 s left · key 2 of 2/)
    expect(output.written.at(-1)).toBe('done\n')
  })

  it('writes only lines elsewhere', () => {
    const output = makeOutput(false)
    const progress = new Progress(output, 100)
    progress.update(50, 'x')
    progress.line('validator_0')
    expect(output.written).toEqual(['validator_0\n'])
  })

  it.each([
    [0.04, '0.0 s'],
    [9.9, '9.9 s'],
    [58.2, '59 s'],
    [59.2, '1 min 0 s'],
    [61, '1 min 1 s'],
    [7300, '2.0 hours'],
    [524288, '6.1 days'],
  ])('%d seconds are "%s"', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

/** Starts a process and kills it with SIGKILL as soon as a file whose name begins like this is in the folder. */
async function killWhenAppears(argv: readonly string[], prefix: string): Promise<void> {
  const isThere = () => readdirSync(folder).some((name) => name.startsWith(prefix))
  const child = spawn(process.execPath, argv, { stdio: 'ignore' })
  const watcher = watch(folder, () => {
    if (isThere()) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.on('exit', resolve))
  watcher.close()
  expect(existsSync(folder) && isThere()).toBe(true)
}
