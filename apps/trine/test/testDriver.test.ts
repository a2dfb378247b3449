import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestNode, type TestNode } from '../../../packages/api/test/support/testNode.ts'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { createTestDriver } from '../src/testDriver/testDriver.ts'

const BASE = '/lean/v0/test_driver'

// biome-ignore lint/suspicious/noExplicitAny: fixtures are passed on as they are
type Fixture = any

/** The fixtures of a kind, by name. */
function fixturesOf(kind: string): [string, Fixture][] {
  const folder = vectorsPath('devnet1', 'official-2025-12', kind)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) =>
      Object.values(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))).map(
        (fixture): [string, Fixture] => [file, fixture],
      ),
    )
}

let lean: TestNode

beforeAll(async () => {
  lean = await startTestNode({ hasDuties: false, parts: { testDriver: createTestDriver() } })
}, 60_000)

afterAll(async () => {
  await lean.stop()
  expect(lean.errors).toEqual([])
})

async function post(path: string, payload: object) {
  const response = await lean.api.server.inject({ method: 'POST', url: `${BASE}/${path}`, payload })
  return { status: response.statusCode, body: response.body === '' ? undefined : response.json() }
}

describe('the test driver, asked as by Hive', { timeout: 120_000 }, () => {
  it('wants a store before a step', async () => {
    expect((await post('fork_choice/step', { stepType: 'tick', time: 1 })).status).toBe(409)
  })

  it.each(fixturesOf('fork_choice'))(
    'fork choice: %s',
    async (_name, { anchorState, anchorBlock, steps }) => {
      const init = await post('fork_choice/init', { anchorState, anchorBlock, genesisTime: 0 })
      expect(init).toEqual({ status: 204, body: undefined })
      for (const step of steps) {
        const { status, body } = await post('fork_choice/step', step)
        expect(status).toBe(200)
        expect(body.accepted, body.error).toBe(step.valid)
        const { headSlot, headRoot, time } = step.checks ?? {}
        if (headSlot != null) expect(body.snapshot.headSlot).toBe(headSlot)
        if (headRoot != null) expect(body.snapshot.headRoot).toBe(headRoot)
        if (time != null) expect(body.snapshot.time).toBe(time)
      }
    },
  )

  it.each(fixturesOf('state_transition'))('state transition: %s', async (_name, fixture) => {
    const { status, body } = await post('state_transition/run', fixture)
    expect(status).toBe(200)
    expect(body.succeeded, body.error).toBe(fixture.expectException == null)
    for (const key of [
      'slot',
      'latestBlockHeaderSlot',
      'latestBlockHeaderStateRoot',
      'historicalBlockHashesCount',
    ]) {
      const expected = fixture.post?.[key]
      if (expected != null) expect([key, body.post[key]]).toEqual([key, expected])
    }
  })

  it.each(fixturesOf('verify_signatures'))('signatures: %s', async (_name, fixture) => {
    const { status, body } = await post('verify_signatures/run', fixture)
    expect(status).toBe(200)
    expect(body.succeeded, body.error).toBe(fixture.expectException == null)
  })

  it('refuses what is no fixture', async () => {
    for (const path of ['fork_choice/init', 'state_transition/run', 'verify_signatures/run']) {
      for (const payload of [{}, [], { anchorState: 1, pre: {}, blocks: 7 }]) {
        expect([path, (await post(path, payload)).status]).toEqual([path, 400])
      }
    }
    const [, { anchorState, anchorBlock, steps }] = fixturesOf('fork_choice')[0]!
    expect((await post('fork_choice/init', { anchorState, anchorBlock })).status).toBe(204)
    const step = steps.find(({ stepType }: { stepType: string }) => stepType === 'block')
    const late = structuredClone(step)
    late.block.block.slot = 2 ** 52
    for (const wrong of [
      { stepType: 'nap' },
      { stepType: 'tick', time: 1e15 },
      { ...step, block: {} },
      late,
    ]) {
      expect([wrong.stepType, (await post('fork_choice/step', wrong)).status]).toEqual([wrong.stepType, 400])
    }
  })
})
