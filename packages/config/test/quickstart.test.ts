import { encodeNodeRecord } from '@trine/transport-libp2p/wire'
import { toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import {
  parseKeyManifest,
  parseNetworkConfig,
  parseNodeKey,
  parseNodes,
  parseValidatorConfig,
  parseValidators,
} from '../src/index.ts'

/** A public key that YAML's core schema would take for a number where it stands unquoted. */
const EXPONENT_KEY = `1234e567${'0'.repeat(96)}`
const OTHER_KEY = '4b3c'.repeat(26)
const NODE_KEY = 'bdf953adc161873ba026330c56450453f582e3c4ee6cb713644794bcfdd85fe5'
const PEER_ID = '16Uiu2HAkvi2sxT75Bpq1c7yV2FjnSQJJ432d6jeshbmfdJss1i6f'

function valueIn<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

describe('config.yaml', () => {
  const withKeys = (keys: string) =>
    parseNetworkConfig(`# Genesis Settings
GENESIS_TIME: 1763712794
# Key Settings
ACTIVE_EPOCH: 10
VALIDATOR_COUNT: 2
GENESIS_VALIDATORS: ${keys}
`)

  it.each([
    ['quoted', `["${EXPONENT_KEY}", "${OTHER_KEY}"]`],
    ['not quoted', `[${EXPONENT_KEY}, ${OTHER_KEY}]`],
    ['with 0x', `[0x${EXPONENT_KEY}, '0x${OTHER_KEY}']`],
    [
      'in upper case, as a block',
      `\n    - "${EXPONENT_KEY.toUpperCase()}"\n    - ${OTHER_KEY.toUpperCase()}`,
    ],
  ])('with public keys %s', (_, keys) => {
    const { genesisTime, publicKeys } = valueIn(withKeys(keys))
    expect(genesisTime).toBe(1763712794)
    expect(publicKeys.map(toHex)).toEqual([`0x${EXPONENT_KEY}`, `0x${OTHER_KEY}`])
  })

  it('has the number of validators under either name, or not at all', () => {
    for (const line of ['VALIDATOR_COUNT: 1', 'NUM_VALIDATORS: "1"', 'UNKNOWN: {a: [1]}']) {
      const parsed = parseNetworkConfig(`GENESIS_TIME: 0\n${line}\nGENESIS_VALIDATORS: [${OTHER_KEY}]`)
      expect(valueIn(parsed).publicKeys).toHaveLength(1)
    }
  })
})

describe('validators.yaml', () => {
  it.each([
    ['flow', 'zeam_0: [0, 3]\nream_0: [1]\nqlean_0: [2]\n'],
    ['block', 'zeam_0:\n    - 0\n    - 3\nream_0:\n    - 1\nqlean_0:\n    - "2"\n'],
    ['below validators', 'validators:\n  zeam_0: [0, 3]\n  ream_0: [1]\n  qlean_0: [2]\n'],
  ])('as %s', (_, text) => {
    const nodes = [...valueIn(parseValidators(text))].map(([name, own]) => [
      name,
      own.map(({ index }) => index),
    ])
    expect(nodes).toEqual([
      ['zeam_0', [0, 3]],
      ['ream_0', [1]],
      ['qlean_0', [2]],
    ])
  })

  it('knows nodes without validators, and a node that is called validators', () => {
    const nodes = valueIn(parseValidators('a: []\nb:\n  []\nc:\nvalidators: [0]'))
    expect([...nodes].map(([name, own]) => `${name} ${own.length}`)).toEqual([
      'a 0',
      'b 0',
      'c 0',
      'validators 1',
    ])
  })

  it('annotated', () => {
    const text = `zeam_0:
  - index: 0
    pubkey_hex: ${EXPONENT_KEY}
    privkey_file: validator_0_sk.ssz

ream_0: [{index: 1, pubkey_hex: "0x${OTHER_KEY}", privkey_file: validator_1_sk.json}]
`
    const [zeam, ream] = [...valueIn(parseValidators(text)).values()].map((own) => own[0]!)
    expect(zeam).toMatchObject({ index: 0, key: { secretKeyFile: 'validator_0_sk.ssz' } })
    expect(toHex(zeam!.key!.publicKey)).toBe(`0x${EXPONENT_KEY}`)
    expect(ream).toMatchObject({ index: 1, key: { index: 1, secretKeyFile: 'validator_1_sk.json' } })
  })
})

it('validator-config.yaml', () => {
  const nodes = valueIn(
    parseValidatorConfig(`shuffle: roundrobin
config:
  activeEpoch: 18
  keyType: "hash-sig"
validators:
  - name: "zeam_0"
    # peer id ${PEER_ID}
    privkey: "${NODE_KEY}"
    enrFields:
      ip: "127.0.0.1"
      quic: 9000
    metricsPort: 8080
    count: 1 # number of indices for this node
  - {name: ream_0, privkey: 0x${NODE_KEY}, enrFields: {ip: 127.0.0.1, quic: 9001}, metricsPort: 8081, devnet: 1, count: 2}
`),
  )
  expect(nodes.map(({ nodeKey, ...node }) => ({ ...node, nodeKey: toHex(nodeKey) }))).toEqual([
    {
      name: 'zeam_0',
      nodeKey: `0x${NODE_KEY}`,
      ip: '127.0.0.1',
      quicPort: 9000,
      metricsPort: 8080,
      apiPort: undefined,
      count: 1,
    },
    {
      name: 'ream_0',
      nodeKey: `0x${NODE_KEY}`,
      ip: '127.0.0.1',
      quicPort: 9001,
      metricsPort: 8081,
      apiPort: undefined,
      count: 2,
    },
  ])
})

describe('nodes.yaml', () => {
  const record = encodeNodeRecord(Buffer.from(NODE_KEY, 'hex'), { ip: '127.0.0.1', quicPort: 9000 })

  it('has node records and addresses; a peer that is there twice has all its addresses', () => {
    const text = `- ${record}\n- "/ip4/127.0.0.1/tcp/9000/p2p/${PEER_ID}"\n- /dns4/host.example/udp/9001/quic-v1/p2p/${PEER_ID}\n- '${record}'\n`
    expect(valueIn(parseNodes(text))).toEqual([
      {
        peerId: PEER_ID,
        addresses: [
          '/ip4/127.0.0.1/udp/9000/quic-v1',
          '/ip4/127.0.0.1/tcp/9000',
          '/dns4/host.example/udp/9001/quic-v1',
        ],
      },
    ])
  })

  it('may be empty', () => {
    for (const text of ['', '[]', '# nobody yet\n']) expect(valueIn(parseNodes(text))).toEqual([])
  })
})

it('validator-keys-manifest.yaml', () => {
  const manifest = valueIn(
    parseKeyManifest(`key_scheme: SIGTopLevelTargetSumLifetime32Dim64Base8
hash_function: Poseidon2
encoding: TargetSum
lifetime: 4294967296
log_num_active_epochs: 10
num_active_epochs: 1024
num_validators: 2
validators:
  - index: 0
    pubkey_hex: 0x${EXPONENT_KEY}
    privkey_file: validator_0_sk.json

  - pubkey_hex: ${OTHER_KEY}
    privkey_file: validator_1_sk.json
`),
  )
  expect(manifest).toMatchObject({
    keyScheme: 'SIGTopLevelTargetSumLifetime32Dim64Base8',
    numActiveEpochs: 1024,
    validators: [{ index: 0 }, { index: 1, secretKeyFile: 'validator_1_sk.json' }],
  })
})

it('<node>.key', () => {
  for (const text of [`${NODE_KEY}\n`, NODE_KEY, `0x${NODE_KEY}\r\n`, NODE_KEY.toUpperCase()]) {
    expect(toHex(valueIn(parseNodeKey(text)))).toBe(`0x${NODE_KEY}`)
  }
})
