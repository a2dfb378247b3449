import { describeSettingsError } from '@trine/settings'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fileSource,
  MAX_FILE_BYTES,
  parseKeyManifest,
  parseNetworkConfig,
  parseNodeKey,
  parseNodes,
  parseValidatorConfig,
  parseValidators,
} from '../src/index.ts'

const parsers = {
  parseNetworkConfig,
  parseValidators,
  parseNodes,
  parseValidatorConfig,
  parseKeyManifest,
  parseNodeKey,
  fileSource: (text: string) => fileSource('trine.yaml', text, (path) => path),
}

/** Names and values that come near to what is right. */
const words = fc.constantFrom(
  'GENESIS_TIME',
  'GENESIS_VALIDATORS',
  'validators',
  'index',
  'pubkey_hex',
  'privkey_file',
  'name',
  'privkey',
  'enrFields',
  'count',
  'data-dir',
  '__proto__',
  'enr:-IW4Q',
  '/ip4/1.2.3.4/udp/1/quic-v1/p2p/16Uiu2',
  '*a',
  '&a [*a]',
  '0',
  '',
  'ab'.repeat(52),
)
const nearlyYaml = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.dictionary(words, tie('value'), { maxKeys: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
})).value
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  nearlyYaml.map((value) => JSON.stringify(value)),
  nearlyYaml.map((value) => JSON.stringify(value).replaceAll('"', '')),
)

it.each(Object.entries(parsers))('%s makes a value or one line of any text', (_, parse) => {
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parse(text)
      if (!parsed.ok) expect(describeSettingsError('file', parsed.error)).toMatch(/^file: [^\n]+$/)
    }),
    { numRuns: 500 },
  )
})

describe('no text takes long', () => {
  const level = (index: number) => `b${index}: &b${index} [${`*b${index - 1},`.repeat(9)}]\n`
  const manyKeys = Array.from({ length: 60_000 }, (_, index) => `k${index}: [x]\n`).join('')

  it.each([
    ['long', 'x'.repeat(MAX_FILE_BYTES + 1), `expected at most ${MAX_FILE_BYTES} characters`],
    ['deep', '['.repeat(MAX_FILE_BYTES), 'expected YAML: more than 64 brackets'],
    ['deep without brackets', '- '.repeat(20_000), 'expected YAML: '],
    [
      'growing',
      `b0: &b0 [x]\n${Array.from({ length: 9 }, (_, index) => level(index + 1)).join('')}`,
      'expected YAML: ',
    ],
    ['within itself', 'a: &a [*a]', 'got something that contains itself'],
    ['of many keys', manyKeys, 'expected a validator index'],
    ['of one key twice', 'a: [0]\nb: [1]\na: [2]', 'expected YAML: the key "a" stands twice in a mapping'],
  ])('%s', (_, text, message) => {
    const parsed = parseValidators(text)
    expect(parsed.ok ? '' : parsed.error.message).toContain(message)
  })
})
