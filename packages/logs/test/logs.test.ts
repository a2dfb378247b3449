import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startMemoryDevnet } from '../../../test/support/memoryDevnet.ts'
import { createLogs, type Line, type Logs, type LogsOptions, levelsOf, parseLevels } from '../src/index.ts'

function createBench(options: Partial<LogsOptions> = {}) {
  const lines: string[] = []
  const at = { now: 0 }
  const logs: Logs = createLogs({
    write: (text) => void lines.push(text),
    format: 'pretty',
    levels: levelsOf('info'),
    now: () => at.now,
    monotonic: () => at.now,
    timing: { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
    historyLimit: 2 ** 18,
    slotsToWarn: 16,
    expectsPeers: false,
    keyEnds: () => [],
    ...options,
  })
  return { logs, lines, at }
}

const refused = (peer: number) =>
  ({
    type: 'attestationRejected',
    validatorIndex: peer,
    reason: 'R',
    message: 'm',
    validationTime: 1,
  }) as const
const tick = { type: 'intervalBegan', slot: 0, interval: 0, lateness: 0 } as const

describe('levels', () => {
  it('are read as operators write them', () => {
    expect(parseLevels('warn')).toEqual({ ok: true, value: levelsOf('warn') })
    expect(parseLevels('warn, chain=debug,network=silent')).toEqual({
      ok: true,
      value: { ...levelsOf('warn'), chain: 'debug', network: 'silent' },
    })
    expect(parseLevels('chain=debug,warn')).toEqual({
      ok: true,
      value: { ...levelsOf('warn'), chain: 'debug' },
    })
    expect(parseLevels('sync=trace')).toEqual({ ok: true, value: { ...levelsOf('info'), sync: 'trace' } })
  })

  it.each([
    ['loud', 'expected one of the levels trace, debug, info, warn, error, silent, got "loud"'],
    ['', 'expected one of the levels trace, debug, info, warn, error, silent, got ""'],
    ['chain=', 'expected one of the levels trace, debug, info, warn, error, silent, got "chain="'],
    ['a=b=c', 'expected one of the levels trace, debug, info, warn, error, silent, got "a=b=c"'],
    [
      'chian=debug',
      'expected one of the components clock, chain, network, sync, validator, storage, node, got "chian"',
    ],
  ])('%j is refused', (text, error) => {
    expect(parseLevels(text)).toEqual({ ok: false, error })
  })

  it('are changed while the node runs, for one component or for all', () => {
    const { logs, lines } = createBench()
    const moved = { type: 'safeTarget', safeTarget: { root: '0x01', slot: 1 } } as const
    logs.sink.emit(moved)
    expect(lines).toEqual([])
    logs.setLevel('chain', 'debug')
    logs.sink.emit(moved)
    expect(lines).toHaveLength(1)
    expect(logs.levels).toEqual({ ...levelsOf('info'), chain: 'debug' })
    logs.setLevel('all', 'silent')
    logs.sink.emit(moved)
    logs.sink.emit({ type: 'storeFailed', message: 'm', unwrittenBlocks: 1 })
    expect(lines).toHaveLength(1)
  })
})

it('a flood is counted, not written', () => {
  const { logs, lines, at } = createBench()
  for (let peer = 0; peer < 10_000; peer += 1) {
    at.now += 1
    logs.sink.emit(refused(peer))
    if (peer % 1000 === 0) logs.sink.emit(tick)
  }
  expect(lines).toHaveLength(5)
  at.now += 60_000
  logs.sink.emit(tick)
  expect(lines.slice(5)).toEqual([
    '[00:01:10.000] INFO: node      lines left out   kind="chain vote refused" count=9995\n',
  ])
  logs.sink.emit(refused(1))
  expect(lines).toHaveLength(7)
})

it('other kinds are written while one is limited', () => {
  const { logs, lines } = createBench()
  for (let peer = 0; peer < 10; peer += 1) logs.sink.emit(refused(peer))
  logs.sink.emit({ type: 'storeFailed', message: 'm', unwrittenBlocks: 1 })
  expect(lines).toHaveLength(6)
})

it('what peers send cannot draw on the terminal, forge lines or fill them', () => {
  const { logs, lines } = createBench()
  const agent = `\u001b[2J\r\n[00:00:00.000] ERROR: forged\u202e\u0000\u009b31m${'x'.repeat(100_000)}`
  logs.sink.emit({ type: 'peerConnected', peerId: 'a\nb', direction: 'inbound', address: '', agent })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('\\u001b[2J')
  expect(lines[0]).toMatch(/\(1000\d\d characters\)/)
  expect(lines[0]!.length).toBeLessThan(1000)
  expect(lines[0]!.slice(0, -1)).not.toMatch(/\p{Cc}|\u202e/u)
})

/** Any code points, those that control a terminal often. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0xa0 })), {
    maxLength: 500,
  })
  .map((codes) => String.fromCodePoint(...codes))

it.each(['pretty', 'json'] as const)('any text makes one printable line (%s)', (format) => {
  const { logs, lines } = createBench({ format })
  fc.assert(
    fc.property(anyText, (text) => {
      lines.length = 0
      const line: Line = { component: 'network', level: 'warn', message: text, fields: { detail: text } }
      logs.log(line)
      expect(lines).toHaveLength(1)
      expect(lines[0]!.slice(0, -1)).not.toMatch(/\p{Cc}|\u2028|\u2029|\u202e/u)
      if (format === 'json') JSON.parse(lines[0]!)
    }),
    { numRuns: 300 },
  )
})

it('secrets and bytes are not written, even when they are given', () => {
  const { logs, lines } = createBench()
  const fields = { passphrase: 'hunter2', adminToken: 'abc', nodeKey: '0xdef', bytes: new Uint8Array([7]) }
  logs.log({ component: 'node', level: 'info', message: 'm', fields: fields as unknown as Line['fields'] })
  expect(lines).toEqual([
    '[00:00:00.000] INFO: node      m                passphrase=[hidden] adminToken=[hidden] nodeKey=[hidden] bytes="[not shown]"\n',
  ])
})

it('nothing is thrown when nothing can be written', () => {
  const { logs } = createBench({
    write: () => {
      throw new Error('EPIPE')
    },
  })
  logs.sink.emit({ type: 'storeFailed', message: 'm', unwrittenBlocks: 1 })
  logs.sink.emit({ type: 'duty' } as never)
})

it('validators outside of a node have a status line without a chain, and no warnings about it', () => {
  const { logs, lines, at } = createBench({ format: 'json', followsChain: false })
  for (let slot = 0; slot < 40; slot++) {
    at.now = slot * 4000 + 3000
    logs.sink.emit({ type: 'intervalBegan', slot, interval: 3, lateness: 0 })
  }
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries.map(({ msg }) => msg)).toEqual(Array(40).fill('slot'))
  expect(Object.keys(entries[0]!)).toEqual(['level', 'time', 'component', 'slot', 'duties', 'msg'])
})

it('a quiet network makes a few lines a slot, at any level without signatures', async () => {
  const lines: string[] = []
  const traced: string[] = []
  const devnet = await startMemoryDevnet(4, (index, clock) => {
    if (index > 1) return { emit: () => {} }
    const written = index === 0 ? lines : traced
    return createLogs({
      write: (text) => void written.push(text),
      format: 'json',
      levels: levelsOf(index === 0 ? 'info' : 'trace'),
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      timing: { genesisTime: 1_700_000_000_000, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
      historyLimit: 2 ** 18,
      slotsToWarn: 16,
      expectsPeers: true,
      keyEnds: () => [2 ** 18],
    }).sink
  })
  await devnet.advance(2000 + 4000 * 12)
  devnet.kill()
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const messages = (message: string) => entries.filter(({ msg }) => msg === message)
  expect(messages('slot').length).toBe(12)
  expect(messages('slot').at(-1)).toMatchObject({
    component: 'node',
    slot: 11,
    head: 11,
    peers: 3,
    duties: '1/1',
    sync: 'synced',
  })
  expect(entries.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  expect(lines.length).toBeLessThan(12 * 7)
  expect(traced.length).toBeGreaterThan(200)
  // A dummy signature begins with this mark; bytes of a signature would show it, as text or as hex.
  expect(traced.join('')).not.toMatch(/UNSIGNED|554e5349474e4544/i)
}, 60_000)
