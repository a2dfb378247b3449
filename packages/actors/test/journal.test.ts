import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  createTraceDigest,
  decodeJournalEntry,
  encodeJournalEntry,
  type Failure,
  type JournalEntry,
  journalsTogether,
  type Message,
  RingJournal,
  replay,
  type Start,
} from '../src/index.ts'
import { OpenReply } from '../src/reply.ts'
import { createJournalFile, readJournalFile } from '../src/systemJournalFile.ts'
import { runBustle } from './support/bustle.ts'
import { type CounterMessage, counterLanes, createTestSystem } from './support/counter.ts'

const folder = mkdtempSync(join(tmpdir(), 'trine-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 200 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('value'), { maxKeys: 4 }),
  ),
})).value

const entry = fc.record({
  sequence: fc.nat(),
  time: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
  monotonic: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
  actor: fc.string(),
  message: fc.record({ type: fc.string(), content: value }),
}) as fc.Arbitrary<JournalEntry>

describe('journals', () => {
  it('keep the last entries, numbered for ever', () => {
    const journal = new RingJournal(3)
    for (let time = 0; time < 10; time++) journal.record(time, 'a', { type: 'x' })
    expect(journal.entries().map(({ sequence, time }) => [sequence, time])).toEqual([
      [7, 7],
      [8, 8],
      [9, 9],
    ])
  })

  it('are written as text and read back the same', () => {
    fc.assert(
      fc.property(entry, (original) => {
        const line = encodeJournalEntry(original)
        expect(line).not.toContain('\n')
        // -0 is written as 0, as in JSON.
        expect(decodeJournalEntry(line)).toEqual({ ok: true, value: original })
      }),
    )
    const odd = {
      sequence: 1,
      time: 2,
      monotonic: 1,
      actor: 'a',
      message: { type: 'q', reply: new OpenReply(() => {}), map: new Map() },
    }
    const line = encodeJournalEntry(odd)
    expect(JSON.parse(line).message).toEqual({ type: 'q', reply: { $reply: true }, map: { $opaque: 'Map' } })
    const back = decodeJournalEntry(line)
    expect(back.ok && (back.value.message as unknown as typeof odd.message).reply.answer(1 as never)).toBe(
      true,
    )
    expect(
      encodeJournalEntry({ ...odd, message: { type: 'b', bytes: Buffer.from([1, 2]) } as Message }),
    ).toContain('{"$bytes":"0102"}')
  })

  it('say what is wrong with a line, whatever it is', () => {
    expect(decodeJournalEntry('{')).toMatchObject({ ok: false, error: { code: 'BAD_JOURNAL_ENTRY' } })
    expect(decodeJournalEntry('{"sequence":0,"time":"x"}')).toMatchObject({
      error: { message: 'time: expected a number, got "x"' },
    })
    expect(decodeJournalEntry('{"sequence":0,"time":1,"monotonic":"x"}')).toMatchObject({
      error: { message: 'monotonic: expected a number, got "x"' },
    })
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        (line) => !decodeJournalEntry(line).ok || line.length > 30,
      ),
    )
  })

  it('fill files that are read back entry by entry', async () => {
    const path = join(folder, 'journal.jsonl')
    const ring = new RingJournal(Number.POSITIVE_INFINITY)
    const file = createJournalFile(path, (error) => {
      throw error
    })
    await runBustle('file', 3, journalsTogether(ring, file))
    file.close()
    const read: JournalEntry[] = []
    for await (const one of readJournalFile(path)) read.push(one)
    expect(read.map(encodeJournalEntry)).toEqual(ring.entries().map(encodeJournalEntry))
    const some: string[] = []
    for await (const one of readJournalFile(path, (line) => line.includes('member1'))) some.push(one.actor)
    expect(some.length).toBeGreaterThan(0)
    expect(some).toEqual(read.map(({ actor }) => actor).filter((actor) => actor.includes('member1')))
    writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\nnonsense\n`)
    const readBroken = async () => {
      for await (const one of readJournalFile(path)) read.push(one)
    }
    await expect(readBroken()).rejects.toThrow(`${path}:2: expected a line of JSON`)
  })

  it.runIf(existsSync('/dev/full'))('end where the disk is full, which is told once', async () => {
    for (const entries of [1, 1000]) {
      const told: string[] = []
      const file = createJournalFile('/dev/full', (error) => told.push(error.message))
      const message = { type: 'text', text: 'x'.repeat(1000) }
      for (let time = 0; time < entries; time++) file.record(time, 'actor', message)
      file.close()
      expect(told).toEqual([expect.stringContaining('ENOSPC')])
    }
  })

  it('rebuild an actor by replay', async () => {
    const messages = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('add' as const), amount: fc.integer() }),
        fc.record({ type: fc.constant('urgent' as const), number: fc.nat() }),
        fc.record({ type: fc.constant('fail' as const), text: fc.constantFrom('resume', 'restart') }),
      ),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(messages, async (script) => {
        const ring = new RingJournal(Number.POSITIVE_INFINITY)
        const { scheduler, system } = createTestSystem(ring)
        const live: string[] = []
        const replayed: string[] = []
        const supervise = (failure: Failure<CounterMessage>) =>
          failure.message?.type === 'fail' && failure.message.text === 'resume' ? 'resume' : 'restart'
        const ref = system.spawn<CounterMessage>('recorder', counterLanes, recorder(live), supervise)
        for (const message of script) {
          ref.tell(message)
          if (message.type === 'add' && message.amount % 3 === 0) await scheduler.advance(5)
        }
        await scheduler.run()
        await replay('test/recorder', recorder(replayed), ring.entries())
        expect(replayed).toEqual(live)
      }),
    )
  })
})

/** Logs all it sees with time, job ids included: whatever a replay could get wrong. */
function recorder(log: string[]): Start<CounterMessage> {
  return (context) => {
    log.push('started')
    return {
      receive(message) {
        if (message.type === 'fail') throw new Error(message.text)
        const text = message.type === 'jobDone' ? `${message.id}` : ''
        log.push(`${context.scheduler.now()} ${message.type} ${text}`)
        if (message.type !== 'add') return
        const options = { as: 'jobDone' as const, timeoutMilliseconds: 100, modelledMilliseconds: 7 }
        const id = context.startJob(
          () => Promise.resolve(1),
          options,
          (jobId) => ({
            type: 'jobDone',
            id: jobId,
            result: '',
          }),
        )
        log.push(`job ${id ?? 'without place'}`)
      },
      idle: () => log.push(`${context.scheduler.now()} idle`) > 0,
    }
  }
}

describe('trace digest', () => {
  const digestOf = async (seed: string, members: number) => {
    const trace = createTraceDigest()
    await runBustle(seed, members, trace)
    expect(trace.messages).toBeGreaterThan(members * 10)
    return trace.digest()
  }

  it('is the same for the same seed, whatever else the machine does, and another for another seed', async () => {
    const digests = await Promise.all(['one', 'one', 'two', 'one'].map((seed) => digestOf(seed, 8)))
    expect(new Set([digests[0], digests[1], digests[3]]).size).toBe(1)
    expect(digests[2]).not.toBe(digests[0])
    expect(await digestOf('one', 8)).toBe(digests[0])
    expect(await digestOf('one', 9)).not.toBe(digests[0])
  })

  it('sees every field of every message', () => {
    const digest = (...messages: Message[]) => {
      const trace = createTraceDigest()
      for (const message of messages) trace.record(1, 'a', message)
      return trace.digest()
    }
    const text = (message: Message) =>
      encodeJournalEntry({ sequence: 0, time: 0, monotonic: 0, actor: '', message })
    fc.assert(
      fc.property(entry, entry, ({ message: left }, { message: right }) => {
        expect(digest(structuredClone(left))).toBe(digest(left))
        expect(digest(left, right) === digest(right, left)).toBe(text(left) === text(right))
      }),
    )
    fc.assert(
      fc.property(value, value, (left, right) => {
        const message = (content: unknown): Message => ({ type: 'x', content }) as Message
        expect(digest(message(left)) === digest(message(right))).toBe(
          text(message(left)) === text(message(right)),
        )
      }),
    )
    const long = new Uint8Array(1000)
    const other = new Uint8Array(1000).fill(1, 999)
    const holding = (bytes: Uint8Array) => ({ type: 'x', deep: { bytes } }) as Message
    expect(digest(holding(long))).not.toBe(digest(holding(other)))
    expect(digest(holding(long), holding(long))).toBe(digest(holding(long), holding(long.slice())))
  })

  it('is SHA-256 over what was recorded, by any implementation, and ends there', () => {
    const seen: Uint8Array[] = []
    const native = () => {
      const hash = createHash('sha256')
      return {
        update: (bytes: Uint8Array) => {
          seen.push(bytes.slice())
          hash.update(bytes)
        },
        digest: () => hash.digest(),
      }
    }
    const [portable, fast] = [createTraceDigest(), createTraceDigest(native)]
    const reply = new OpenReply(() => {})
    const fields = {
      none: null,
      no: false,
      big: 2n ** 64n,
      text: 'é',
      list: [1, 'a'],
      map: new Map(),
      reply,
      absent: undefined,
    }
    for (const trace of [portable, fast]) trace.record(0.5, 'x/y', { type: 'q', ...fields } as Message)
    expect(fast.digest()).toBe(portable.digest())
    expect(fast.digest()).toBe(createHash('sha256').update(Buffer.concat(seen)).digest('hex'))
    expect(Buffer.concat(seen).toString('latin1')).toContain('18446744073709551616')
    expect(() => fast.record(1, 'x/y', { type: 'q' })).toThrow('nothing can be recorded after digest()')
  })
})
