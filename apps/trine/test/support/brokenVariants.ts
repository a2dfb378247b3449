type To = string | ((text: string) => string)
export const replace = (from: string | RegExp, to: To) => (text: string) => {
  const changed = typeof to === 'string' ? text.replace(from, to) : text.replace(from, to)
  if (changed === text) throw new Error(`${from} is not in the file`)
  return changed
}
export const all = (text: string) => () => text

const MANIFEST = 'hash-sig-keys/validator-keys-manifest.yaml'
const KEY = '[0-9a-f]{104}'

/** File, how it is broken, and how the one line begins that says so. */
export const BROKEN_VARIANTS: readonly (readonly [string, (text: string) => string, string])[] = [
  [
    'config.yaml',
    all(''),
    'config.yaml: expected a mapping with GENESIS_TIME, GENESIS_VALIDATORS, VALIDATOR_COUNT',
  ],
  ['config.yaml', all('- 1'), 'config.yaml: expected a mapping with GENESIS_TIME'],
  ['config.yaml', all('a: ['), 'config.yaml: expected YAML: '],
  ['config.yaml', all('\u0000\u0001\u00ff'), 'config.yaml: expected '],
  [
    'config.yaml',
    all('GENESIS_TIME: 1\nGENESIS_TIME: 2'),
    'config.yaml: expected YAML: the key "GENESIS_TIME" stands twice',
  ],
  ['config.yaml', all('x'.repeat(1024 * 1024 + 1)), 'config.yaml: expected at most 1048576 bytes'],
  [
    'config.yaml',
    replace(/GENESIS_TIME: .*/, ''),
    'config.yaml: GENESIS_TIME: expected a Unix time in seconds from 0 to 34359738368, got nothing',
  ],
  [
    'config.yaml',
    replace('GENESIS_TIME', 'GENESIS_TIM'),
    'config.yaml: GENESIS_TIME: expected a Unix time in seconds',
  ],
  [
    'config.yaml',
    replace(/GENESIS_TIME: .*/, 'GENESIS_TIME: soon'),
    'config.yaml: GENESIS_TIME: expected a Unix time in seconds from 0 to 34359738368, got "soon"',
  ],
  [
    'config.yaml',
    replace(/GENESIS_TIME: .*/, 'GENESIS_TIME: -5'),
    'config.yaml: GENESIS_TIME: expected a Unix time in seconds from 0 to 34359738368, got "-5"',
  ],
  [
    'config.yaml',
    replace(/GENESIS_TIME: .*/, 'GENESIS_TIME: 1.5'),
    'config.yaml: GENESIS_TIME: expected a Unix time in seconds',
  ],
  [
    'config.yaml',
    replace(/(GENESIS_TIME: .*)/, '$1000'),
    'config.yaml: GENESIS_TIME: expected a Unix time in seconds',
  ],
  [
    'config.yaml',
    replace(/GENESIS_VALIDATORS:[\s\S]*/, ''),
    'config.yaml: GENESIS_VALIDATORS: expected a list of at most 4096 public keys, got nothing',
  ],
  [
    'config.yaml',
    replace(/GENESIS_VALIDATORS:[\s\S]*/, 'GENESIS_VALIDATORS: []'),
    'config.yaml: GENESIS_VALIDATORS: expected at least one public key, got []',
  ],
  [
    'config.yaml',
    replace(/GENESIS_VALIDATORS:[\s\S]*/, 'GENESIS_VALIDATORS: abc'),
    'config.yaml: GENESIS_VALIDATORS: expected a list of at most 4096 public keys, got "abc"',
  ],
  [
    'config.yaml',
    replace(/"([0-9a-f]{102})../, '"$1'),
    'config.yaml: GENESIS_VALIDATORS[0]: expected a public key: 52 bytes in hex, got "',
  ],
  [
    'config.yaml',
    replace(/- "./, '- "g'),
    'config.yaml: GENESIS_VALIDATORS[0]: expected a public key: 52 bytes in hex, got "g',
  ],
  [
    'config.yaml',
    replace(/- "(.*)"/, '- {attestation_pubkey: "$1"}'),
    'config.yaml: GENESIS_VALIDATORS[0]: expected a public key: 52 bytes in hex, got {"attestation_pubkey"',
  ],
  [
    'config.yaml',
    replace('VALIDATOR_COUNT: 3', 'VALIDATOR_COUNT: 4'),
    'config.yaml: VALIDATOR_COUNT: expected 3, the number of GENESIS_VALIDATORS, got 4',
  ],
  [
    'config.yaml',
    replace('VALIDATOR_COUNT: 3', 'NUM_VALIDATORS: many'),
    'config.yaml: NUM_VALIDATORS: expected a whole number from 1 to 4096, got "many"',
  ],
  [
    'annotated_validators.yaml',
    all(''),
    'annotated_validators.yaml: expected a mapping of node names to lists of validators',
  ],
  [
    'annotated_validators.yaml',
    all('trine_0: 3'),
    'annotated_validators.yaml: trine_0: expected a list of at most 4096 validators, got "3"',
  ],
  [
    'annotated_validators.yaml',
    all('trine_0: [-1]'),
    'annotated_validators.yaml: trine_0[0]: expected a validator index from 0 to 4095, got "-1"',
  ],
  [
    'annotated_validators.yaml',
    all('trine_0: [3]'),
    'annotated_validators.yaml: trine_0[0]: expected one of the 3 validators of the genesis, got 3',
  ],
  [
    'annotated_validators.yaml',
    all('trine_0: [0]\ntrine_1: [0]'),
    'annotated_validators.yaml: trine_1[0]: expected every validator once, got 0, which trine_0 has already',
  ],
  [
    'annotated_validators.yaml',
    all('trine_0: [1, 1]'),
    'annotated_validators.yaml: trine_0[1]: expected every validator once, got 1, which trine_0 has already',
  ],
  [
    'annotated_validators.yaml',
    all('trine_0: [0]\ntrine_0: [1]'),
    'annotated_validators.yaml: expected YAML: the key "trine_0" stands twice',
  ],
  ['annotated_validators.yaml', all('"a b": [0]'), 'annotated_validators.yaml: a b: expected a name of'],
  [
    'annotated_validators.yaml',
    replace(/trine_0/, 'zeam_0'),
    'annotated_validators.yaml: trine_0: expected this node among zeam_0, trine_1',
  ],
  [
    'annotated_validators.yaml',
    replace(/index: 0\n\s*/, ''),
    'annotated_validators.yaml: trine_0[0].index: expected a validator index from 0 to 4095, got nothing',
  ],
  [
    'annotated_validators.yaml',
    replace(/pubkey_hex: .*/, 'pubkey_hex: 12'),
    'annotated_validators.yaml: trine_0[0].pubkey_hex: expected a public key: 52 bytes in hex, got "12"',
  ],
  [
    'annotated_validators.yaml',
    replace(new RegExp(KEY), 'ab'.repeat(52)),
    'annotated_validators.yaml: trine_0[0].pubkey_hex: expected 0x',
  ],
  [
    'annotated_validators.yaml',
    replace(/validator_0_sk/, '../validator_0_sk'),
    'annotated_validators.yaml: trine_0[0].privkey_file: expected the name of a file in the folder of keys, got "../validator_0_sk.ssz"',
  ],
  [
    'annotated_validators.yaml',
    replace(/validator_0_sk/, 'validator_9_sk'),
    'annotated_validators.yaml: trine_0[0]: expected the key file hash-sig-keys/validator_9_sk.ssz, it is not there',
  ],
  ['nodes.yaml', all('a: b'), 'nodes.yaml: expected a list of at most 4096 node records or addresses'],
  [
    'nodes.yaml',
    all('- {enr: 1}'),
    'nodes.yaml: [0]: expected a node record or an address, as text, got {"enr":"1"}',
  ],
  ['nodes.yaml', replace(/enr:-..../, 'enr:-AAAA'), 'nodes.yaml: [0]: expected a node record'],
  [
    'nodes.yaml',
    replace(/(enr:.{40})(.)/, (text) =>
      text.endsWith('A') ? `${text.slice(0, -1)}B` : `${text.slice(0, -1)}A`,
    ),
    'nodes.yaml: [0]: expected a node record: a valid signature',
  ],
  ['nodes.yaml', all('- enr:'), 'nodes.yaml: [0]: expected a node record'],
  [
    'nodes.yaml',
    all('- enode://abc@127.0.0.1:30303'),
    'nodes.yaml: [0]: expected a node record (enr:...) or an address like /ip4/127.0.0.1/udp/9000/quic-v1/p2p/16Uiu2..., got "enode:',
  ],
  [
    'nodes.yaml',
    all('- /ip4/127.0.0.1/udp/9000/quic-v1'),
    'nodes.yaml: [0]: expected a node record (enr:...) or an address like',
  ],
  [
    'nodes.yaml',
    all('- /ip4/127.0.0.1/udp/9000/quic-v1/p2p/16Uiu2'),
    'nodes.yaml: [0]: expected a node record (enr:...) or an address like',
  ],
  [
    'nodes.yaml',
    all('- /ip4/300.0.0.1/tcp/9000/p2p/16Uiu2HAkvi2sxT75Bpq1c7yV2FjnSQJJ432d6jeshbmfdJss1i6f'),
    'nodes.yaml: [0]: expected a node record (enr:...) or an address like',
  ],
  [
    'validator-config.yaml',
    all('validators: 1'),
    'validator-config.yaml: validators: expected a list of at most 4096 nodes, got "1"',
  ],
  [
    'validator-config.yaml',
    replace(/name: .*/, 'name: ""'),
    'validator-config.yaml: validators[0].name: expected a name of at most 64 letters',
  ],
  [
    'validator-config.yaml',
    replace('trine_1', 'trine_0'),
    'validator-config.yaml: validators[1].name: expected a name of its own, got "trine_0" as in validators[0]',
  ],
  [
    'validator-config.yaml',
    replace(/privkey: "../, 'privkey: "'),
    'validator-config.yaml: validators[0].privkey: expected a secp256k1 secret key: 64 hex digits, got 62 characters',
  ],
  [
    'validator-config.yaml',
    replace(/ip: .*/, 'ip: example'),
    'validator-config.yaml: validators[0].enrFields.ip: expected an IP address, got "example"',
  ],
  [
    'validator-config.yaml',
    replace('quic: 9000', 'quic: 90000'),
    'validator-config.yaml: validators[0].enrFields.quic: expected a port from 0 to 65535, got "90000"',
  ],
  [
    'validator-config.yaml',
    replace('metricsPort: 8081', 'metricsPort: http'),
    'validator-config.yaml: validators[1].metricsPort: expected a port from 0 to 65535, got "http"',
  ],
  [
    'validator-config.yaml',
    replace('count: 2', 'count: two'),
    'validator-config.yaml: validators[0].count: expected a whole number from 0 to 4096, got "two"',
  ],
  [
    MANIFEST,
    all('validators: none'),
    `${MANIFEST}: validators: expected a list of at most 4096 validators, got "none"`,
  ],
  [
    MANIFEST,
    replace(/index: 1/, 'index: 0'),
    `${MANIFEST}: validators[1].index: expected every validator once, got 0 as in validators[0]`,
  ],
  [
    MANIFEST,
    replace(/pubkey_hex: .*/, ''),
    `${MANIFEST}: validators[0].pubkey_hex: expected a public key: 52 bytes in hex, got nothing`,
  ],
  [
    MANIFEST,
    replace(/privkey_file: .*/, 'privkey_file: []'),
    `${MANIFEST}: validators[0].privkey_file: expected the name of a file`,
  ],
  [
    MANIFEST,
    replace(/^num_active_epochs: .*/m, 'num_active_epochs: 0'),
    `${MANIFEST}: num_active_epochs: expected a whole number from 1 to 4294967296, got "0"`,
  ],
  ['trine_0.key', all(''), 'trine_0.key: expected a secp256k1 secret key: 64 hex digits, got 0 characters'],
  [
    'trine_0.key',
    replace(/^../, ''),
    'trine_0.key: expected a secp256k1 secret key: 64 hex digits, got 62 characters',
  ],
  [
    'trine_0.key',
    all('0'.repeat(64)),
    'trine_0.key: expected a secp256k1 secret key: 64 hex digits, got 64 characters',
  ],
  [
    'trine_0.key',
    all('f'.repeat(64)),
    'trine_0.key: expected a secp256k1 secret key: 64 hex digits, got 64 characters',
  ],
  [
    'trine_0.key',
    all(`${'\u00e9'.repeat(64)}\n`),
    'trine_0.key: expected a secp256k1 secret key: 64 hex digits, got 64 characters',
  ],
]
