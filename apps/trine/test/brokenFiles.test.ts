import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNodeConfig } from '../src/node/readNodeConfig.ts'
import { readSetup } from '../src/node/readSetup.ts'
import { UserError } from '../src/userError.ts'
import { all, BROKEN_VARIANTS, replace } from './support/brokenVariants.ts'
import { makeNetwork, temporaryFolder } from './support/network.ts'
import { trine } from './support/trine.ts'

let base = ''
let good = ''
beforeAll(async () => {
  base = temporaryFolder()
  good = join(base, 'good')
  await makeNetwork(good)
})
afterAll(() => rmSync(base, { recursive: true }))

let networks = 0

/** A copy of the good network in which one file has another content; `file` of undefined text is taken away. */
function broken(file: string, change: (text: string) => string | undefined): string {
  networks += 1
  const folder = join(base, `net${networks}`)
  cpSync(good, folder, { recursive: true })
  const path = join(folder, file)
  const text = change(readFileSync(path, 'latin1'))
  if (text === undefined) rmSync(path, { recursive: true })
  else writeFileSync(path, text, 'latin1')
  return folder
}

/** What `trine node` says of a network, as far as reading its files goes; paths relative to the network. */
async function refusal(folder: string, flags: Record<string, unknown> = {}): Promise<string> {
  const given = { genesis: folder, nodeId: 'trine_0', dataDir: join(folder, 'data'), ...flags }
  try {
    const { config } = await readNodeConfig(given, {})
    await readSetup(config)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.message.replaceAll(`${folder}/`, '')
  }
}

describe('a broken file is refused in one line that names file, field, and what was expected', () => {
  it.each(BROKEN_VARIANTS)('%s %#', async (file, change, message) => {
    const refused = await refusal(broken(file, change))
    expect(refused.slice(0, message.length)).toBe(message)
    expect(refused).not.toContain('\n')
    expect(refused).not.toContain(readFileSync(join(good, 'trine_0.key'), 'latin1').slice(2, 40))
  })

  it('and a file that is not there', async () => {
    expect(await refusal(broken('config.yaml', () => undefined))).toBe('config.yaml: no such file or folder')
    expect(await refusal(good, { genesis: join(good, 'nowhere') })).toMatch(
      /nowhere: no such file or folder$/,
    )
    expect(await refusal(good, { validators: good })).toMatch(/good: expected a file, this is a folder$/)
    expect(await refusal(good, { bootnodes: ['nowhere.yaml'] })).toBe('nowhere.yaml: no such file or folder')
    expect(await refusal(good, { bootnodes: ['enr:abc'] })).toMatch(/^--bootnodes: expected a node record/)
    const keyless = broken('validator-config.yaml', () => undefined)
    renameSync(join(keyless, 'trine_0.key'), join(keyless, 'other.key'))
    expect(await refusal(keyless)).toBe(
      '--node-key: expected a file, there is no trine_0.key beside the genesis',
    )
  })

  it('accepts the network that all of these were made from', async () => {
    expect(await refusal(good)).toBe('accepted')
  })
})

describe('trine node', () => {
  it.each([
    ['config.yaml', replace(/GENESIS_TIME: .*/, 'GENESIS_TIME: soon'), 'GENESIS_TIME: expected a Unix time'],
    ['nodes.yaml', all('- enr:'), '[0]: expected a node record'],
    ['trine_0.key', all('x'), 'expected a secp256k1 secret key'],
    ['hash-sig-keys/validator_0_sk.ssz', all('x'), ''],
  ])('ends with 2 and one line when %s is broken', async (file, change, message) => {
    const folder = broken(file, change)
    const args = ['node', '--genesis', folder, '--node-id', 'trine_0', '--data-dir', join(folder, 'data')]
    const { exitCode, stdout, stderr } = await trine(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr.startsWith(`trine: ${join(folder, file)}: ${message}`)).toBe(true)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
