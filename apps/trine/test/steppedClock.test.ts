import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const STEPPED_CLOCK = new URL('../src/devnet/steppedClock.ts', import.meta.url).href
const ACTORS = new URL('../../../packages/actors/src/index.ts', import.meta.url).href

/** Tells each step of the wall clock against monotonic time, as seen in all the ways that a program has. */
const PROGRAM = `
import { createServer } from 'node:http'
import { createSystemScheduler } from ${JSON.stringify(ACTORS)}
const scheduler = createSystemScheduler()
const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const url = 'http://127.0.0.1:' + server.address().port
const monotonic = () => performance.timeOrigin + performance.now()
const seen = async () => {
  const date = new Date(2026, 1, 1)
  const served = Date.parse((await fetch(url)).headers.get('date'))
  return {
    offsets: [Date.now(), Number(new Date()), scheduler.now(), served].map((time) => time - monotonic()),
    span: scheduler.monotonic() - performance.now(),
    isDate: date instanceof Date && date.constructor === Date && date.getFullYear() === 2026,
    isText: typeof Date() === 'string',
  }
}
let told
for (;;) {
  const offset = Date.now() - monotonic()
  if (told === undefined || Math.abs(offset - told) > 1e6) {
    console.log(JSON.stringify(await seen()))
    told = offset
  }
  await new Promise((resolve) => setTimeout(resolve, 10))
}
`

type Seen = {
  readonly offsets: readonly number[]
  readonly span: number
  readonly isDate: boolean
  readonly isText: boolean
}

it('the wall clock of a process is set from outside, and set right again; monotonic time goes on', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trine-clock-'))
  const [file, program] = [join(folder, 'offset'), join(folder, 'program.mjs')]
  writeFileSync(program, PROGRAM)
  const env = { ...process.env, TRINE_CLOCK_OFFSET_FILE: file }
  const child = spawn(process.execPath, ['--import', STEPPED_CLOCK, program], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async () => JSON.parse((await lines.next()).value!) as Seen
    // Far more than a slow machine takes between two looks at a clock.
    for (const offset of [0, 4e7, -4e7, 0]) {
      writeFileSync(file, `${offset}`)
      const { offsets, span, isDate, isText } = await next()
      expect(offsets.map((found) => Math.round(Math.abs(found - offset) / 1e6))).toEqual([0, 0, 0, 0])
      expect([Math.round(Math.abs(span) / 1e6), isDate, isText]).toEqual([0, true, true])
    }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})
