import type { DutyResult, NodeEvent as Event, NodeEvent } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { createLogs, type Logs, type LogsOptions, levelsOf } from '../src/index.ts'

const GENESIS = 1_700_000_000_000

type Bench = { readonly logs: Logs; readonly lines: string[]; readonly at: { now: number } }

function createBench(options: Partial<LogsOptions> = {}): Bench {
  const lines: string[] = []
  const at = { now: GENESIS }
  const logs = createLogs({
    write: (text) => void lines.push(text),
    format: 'pretty',
    levels: levelsOf('info'),
    now: () => at.now,
    monotonic: () => at.now,
    timing: { genesisTime: GENESIS, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
    historyLimit: 2 ** 18,
    slotsToWarn: 16,
    expectsPeers: false,
    keyEnds: () => [],
    ...options,
  })
  return { logs, lines, at }
}

const TIME = '[22:13:20.000] '

/** What is written for events, without the time. */
function written(events: readonly NodeEvent[], options?: Partial<LogsOptions>): string[] {
  const { logs, lines } = createBench(options)
  for (const event of events) logs.sink.emit(event)
  return lines.map((line) => {
    expect(line.startsWith(TIME)).toBe(true)
    expect(line.endsWith('\n')).toBe(true)
    return line.slice(TIME.length, -1)
  })
}

const root = (byte: string) => `0x${byte.repeat(32)}`
const [one, two, three] = [
  { root: root('a1'), slot: 1 },
  { root: root('b2'), slot: 2 },
  { root: root('c3'), slot: 3 },
]
const started = { head: two, safeTarget: one, justified: one, finalized: one, validatorCount: 4 }
const block: Event = {
  type: 'block',
  block: three,
  parentRoot: two.root,
  proposerIndex: 3,
  origin: 'gossip',
  attestations: 4,
  importTime: 61.26,
  transitionTime: 1,
  processingTime: 2,
  phases: undefined,
}
const duty = (result: Partial<DutyResult>): Event => ({
  type: 'duty',
  result: {
    kind: 'attestation',
    slot: 3,
    validatorIndex: 2,
    outcome: 'published',
    reason: '',
    isSigned: true,
    dataTime: 1.25,
    reserveTime: 2,
    signTime: 3,
    ...result,
  },
})
const interval = (slot: number, number = 3): Event => ({
  type: 'intervalBegan',
  slot,
  interval: number,
  lateness: 1,
})

describe('lines', () => {
  it('of the chain', () => {
    const from = { from: two, to: three, commonAncestor: one }
    expect(
      written([
        { type: 'chainStarted', ...started },
        block,
        { ...block, origin: 'request' } as Event,
        { type: 'justified', checkpoint: two },
        { type: 'finalized', checkpoint: one, previous: one },
        { type: 'reorg', ...from, depth: 1 },
        { type: 'reorg', ...from, depth: 3 },
        {
          type: 'blockRejected',
          root: three.root,
          slot: 2n ** 60n,
          reason: 'R',
          message: 'expected 1, got 2',
        },
      ]),
    ).toEqual([
      'INFO: chain     chain ready      head=2 root=0xb2b2b2b2 justified=1 finalized=1 validators=4',
      'INFO: chain     block imported   slot=3 root=0xc3c3c3c3 proposer=3 votes=4 from=gossip ms=61',
      'INFO: chain     justified        slot=2 root=0xb2b2b2b2',
      'INFO: chain     finalized        slot=1 root=0xa1a1a1a1',
      'INFO: chain     reorganization   depth=1 from=0xb2b2b2b2 fromSlot=2 to=0xc3c3c3c3 toSlot=3 ancestorSlot=1',
      'WARN: chain     reorganization   depth=3 from=0xb2b2b2b2 fromSlot=2 to=0xc3c3c3c3 toSlot=3 ancestorSlot=1',
      'WARN: chain     block refused    slot=1152921504606846976 root=0xc3c3c3c3 reason=R detail="expected 1, got 2"',
    ])
  })

  it('of validators, with what to do', () => {
    expect(
      written([
        duty({ kind: 'block' }),
        duty({}),
        duty({ outcome: 'failed', reason: 'ledger: disk full', isSigned: false }),
        duty({ outcome: 'skipped', reason: 'the slot ended before signing', isSigned: false }),
        { type: 'dutiesPaused', reason: 'syncing', validatorIndex: undefined },
        { type: 'dutiesResumed' },
        { type: 'dutiesPaused', reason: 'seen signing elsewhere', validatorIndex: 7 },
      ]),
    ).toEqual([
      'INFO: validator block published  slot=3 validator=2 ms=6.3',
      'WARN: validator vote missed      slot=3 validator=2 reason="ledger: disk full" -> look at the disk of the ledger: without a durable record nothing is signed',
      'WARN: validator vote skipped     slot=3 validator=2 reason="the slot ended before signing" -> the node is too slow or its clock is off: run `trine doctor`',
      'INFO: validator duties pause     reason=syncing',
      'INFO: validator duties go on',
      'ERROR: validator validator stopped validator=7 reason="seen signing elsewhere" -> find the other node that has its key and stop it; then let duties be resumed',
    ])
  })

  it('of clock, sync, network, storage and failures', () => {
    const report = { actor: 'trine_0/chain', phase: 'receive', decision: 'restart' } as const
    const error = Object.assign(new Error('broken'), { stack: 'Error: broken\n  at here' })
    expect(
      written([
        { type: 'countdown', secondsToGenesis: 30 },
        { type: 'clockStepped', milliseconds: -1500 },
        { type: 'intervalBegan', slot: 0, interval: 0, lateness: 900 },
        { type: 'intervalBegan', slot: 1, interval: 0, lateness: 312.4 },
        {
          type: 'intervalsSkipped',
          first: { slot: 1, interval: 1 },
          last: { slot: 2, interval: 0 },
          count: 4,
        },
        { type: 'syncState', state: 'syncing', headSlot: 3, targetSlot: 90 },
        {
          type: 'peerConnected',
          peerId: '16Uiu2',
          direction: 'outbound',
          address: '/ip4/1.2.3.4',
          agent: '',
        },
        {
          type: 'peerBanned',
          peerId: '16Uiu2',
          milliseconds: 60_000,
          cause: 'otherChain',
          reason: 'follows a different chain',
        },
        { type: 'dialFailed', peerId: '16Uiu2', cause: 'error', message: 'refused' },
        { type: 'storeFailed', message: 'ENOSPC', unwrittenBlocks: 3 },
        { type: 'storeRecovered', writtenBlocks: 3 },
        { type: 'actorFailed', report: { ...report, message: { type: 'tick' }, error } },
      ]),
    ).toEqual([
      'INFO: clock     genesis is to come seconds=30',
      'WARN: clock     wall clock was set seconds=-1.5 -> let a time service (chrony, systemd-timesyncd) slew the clock; a step costs duties',
      'WARN: clock     tick came late   slot=1 interval=0 ms=312 -> the process had no time: look at the load of the machine and at the event-loop lag',
      'WARN: clock     intervals left out count=4 first=1.1 last=2.0 -> the machine slept, stood still, or its clock was set forward: duties of these slots were missed',
      'INFO: sync      catching up      head=3 target=90',
      'INFO: network   peer connected   peer=16Uiu2 agent="" direction=outbound address=/ip4/1.2.3.4',
      'WARN: network   peer is on another chain peer=16Uiu2 seconds=60 reason="follows a different chain" -> compare genesis time and validators with its operator; if most peers say so, it is this node that is wrong',
      'WARN: network   peer cannot be reached peer=16Uiu2 detail=refused -> does it run, and is its UDP port open? It is dialled again and again',
      'ERROR: storage   blocks cannot be written unwritten=3 detail=ENOSPC -> look at the disk: free space, permissions, errors of the system; it is tried again at every tick',
      'INFO: storage   blocks are written again written=3',
      'ERROR: node      service failed   service=trine_0/chain at=tick decision=restart detail="Error: broken\\u000a  at here" -> the node goes on: report this line, it is a fault',
    ])
  })

  it('are JSON for machines, one object a line', () => {
    const { logs, lines } = createBench({ format: 'json' })
    logs.sink.emit(duty({ outcome: 'failed', reason: 'signer: no' }))
    expect(lines).toEqual([
      '{"level":"warn","time":1700000000000,"component":"validator","slot":3,"validator":2,"reason":"signer: no","advice":"look at the key file and the range of epochs of the key: `trine keys inspect`","msg":"vote missed"}\n',
    ])
  })
})

describe('once a slot', () => {
  it('the node says where it stands, with the duties of the slot', () => {
    const events: Event[] = [
      { type: 'head', head: three, previous: two },
      { type: 'justified', checkpoint: two },
      { type: 'peerConnected', peerId: 'a', direction: 'inbound', address: '', agent: '' },
      { type: 'syncState', state: 'synced', headSlot: 3, targetSlot: 3 },
      duty({}),
      duty({ outcome: 'failed', reason: 'chain: NOT_READY' }),
      interval(3, 2),
      interval(3),
      interval(3),
      interval(4),
    ]
    expect(written(events).filter((line) => line.startsWith('INFO: node'))).toEqual([
      'INFO: node      slot             slot=3 head=3 root=0xc3c3c3c3 justified=2 finalized=0 peers=1 duties=1/2 sync=synced',
      'INFO: node      slot             slot=4 head=3 root=0xc3c3c3c3 justified=2 finalized=0 peers=1 duties=0/0 sync=synced',
    ])
  })

  it('it warns of no finality, each time after twice as long, and begins again with the next', () => {
    const until = (last: number, from = 1) =>
      Array.from({ length: last - from + 1 }, (_, i) => interval(from + i))
    const finalized: Event = { type: 'finalized', checkpoint: { root: root('dd'), slot: 70 }, previous: one }
    const start: Event = { type: 'chainStarted', ...started }
    const lines = written([interval(20), start, ...until(80, 21), finalized, ...until(90, 81)])
    const advice =
      'two thirds of the validators must vote for the same: is the node in sync, has it peers, are enough validators online?'
    expect(lines.filter((line) => line.startsWith('WARN'))).toEqual([
      `WARN: chain     no finality      slots=20 finalized=1 justified=1 -> ${advice}`,
      `WARN: chain     no finality      slots=32 finalized=1 justified=1 -> ${advice}`,
      `WARN: chain     no finality      slots=64 finalized=1 justified=1 -> ${advice}`,
      `WARN: chain     no finality      slots=16 finalized=70 justified=1 -> ${advice}`,
    ])
  })

  it('it says nothing of finality while the node catches up', () => {
    const news = { type: 'syncState', headSlot: 1, targetSlot: 70 } as const
    const events: Event[] = [
      { type: 'chainStarted', ...started },
      { ...news, state: 'syncing' },
      interval(70),
    ]
    const warnings = (more: readonly Event[]) =>
      written([...events, ...more]).filter((line) => line.startsWith('WARN'))
    expect(warnings([])).toEqual([])
    expect(warnings([{ ...news, state: 'synced' }, interval(71)])).toHaveLength(1)
  })

  it('it warns of peers that are missing, and of ends that are near', () => {
    const lines = written([interval(100), interval(101), interval(102), interval(900), interval(1000)], {
      expectsPeers: true,
      slotsToWarn: 1e6,
      keyEnds: () => [5000, 1000],
      historyLimit: 44_100,
    })
    const peers = 'look at the static peers, at the UDP port and at the firewall: `trine doctor` tries each'
    const plan = 'its validator cannot sign after that: plan for its end'
    const ends = 'the history of the state is full then: start anew'
    expect(lines.filter((line) => !line.startsWith('INFO'))).toEqual([
      `WARN: validator a key runs out   slots=900 left="1 h 0 min" -> ${plan}`,
      `WARN: network   no peers         slots=2 -> ${peers}`,
      `WARN: validator a key runs out   slots=100 left="6 min 40 s" -> ${plan}`,
      `WARN: chain     the network ends slots=43200 left="2 d 0 h" -> ${ends}`,
    ])
  })
})
