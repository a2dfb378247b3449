import { expect, it } from 'vitest'
import { type BootFacts, bootPage } from '../src/index.ts'

const facts: BootFacts = {
  version: '0.1.0',
  runtime: 'node 24.21.0, linux x64, 2 cores, 8 GB',
  now: 1_700_000_000_000,
  name: 'trine_0',
  network: {
    name: 'devnet0',
    genesisTime: 1_700_000_030_000,
    genesisRoot: '0xabcd',
    validators: 9,
    signatures: 'SIGTopLevelTargetSumLifetime32Dim64Base8',
  },
  peerId: '16Uiu2HAm',
  listen: ['/ip4/0.0.0.0/udp/9000/quic-v1', '/ip4/0.0.0.0/tcp/9000'],
  staticPeers: 3,
  dataFolder: 'data/\u001b[31m',
  beginsFrom: 'genesis',
  validators: [7, 0, 1, 2],
  keysEnd: 262_143,
  metrics: 'http://127.0.0.1:5054/metrics',
}

it('says what the node is, one fact a line', () => {
  expect(bootPage(facts)).toBe(
    `Trine 0.1.0
  node          trine_0
  runs on       node 24.21.0, linux x64, 2 cores, 8 GB
  network       devnet0, 9 validators, SIGTopLevelTargetSumLifetime32Dim64Base8
  genesis       2023-11-14T22:13:50.000Z (in 30 s)
  genesis root  0xabcd
  peer id       16Uiu2HAm
  listens on    /ip4/0.0.0.0/udp/9000/quic-v1
  listens on    /ip4/0.0.0.0/tcp/9000
  static peers  3
  data          data/\\u001b[31m
  begins from   genesis
  validators    0-2, 7
  keys last     up to slot 262143
  metrics       http://127.0.0.1:5054/metrics
`,
  )
})

it('says when a node only follows, and when genesis was', () => {
  const page = bootPage({ ...facts, validators: [], now: 1_700_000_031_000 })
  expect(page).toContain('\n  validators    none, only follows\n')
  expect(page).toContain('(1 s ago)\n')
})
