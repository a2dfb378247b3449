import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NodeFeed } from '../src/live/nodeFeed.ts'
import { type FakeNode, startFakeNode, unfinalizedChain } from './support/fakeNode.ts'

const SLOTS = 8
const answers = unfinalizedChain(SLOTS, 4)
let node: FakeNode
let feed: NodeFeed
let onChange = () => {}

beforeEach(async () => {
  vi.stubGlobal('document', { hidden: false })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  node = await startFakeNode(new Map(), answers)
  feed = new NodeFeed(node.url, () => onChange())
})

afterEach(async () => {
  onChange = () => {}
  vi.restoreAllMocks()
  // Those that wait to try again do so for ever.
  vi.useRealTimers()
  await node.close()
  vi.unstubAllGlobals()
})

/** Resolves when a change of the feed makes the condition true. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    onChange = () => condition() && resolve()
    onChange()
  })
}

const isLive = () => feed.connection.isLive

/** Waits for the loss of the connection, and until it is tried again. */
async function expectLost(): Promise<void> {
  await until(() => feed.connection.text.startsWith('Disconnected'))
  vi.advanceTimersByTime(1000)
}

async function expectFollowed(slot: number): Promise<void> {
  await until(isLive)
  node.push('interval', { slot, interval: 3, lateness: 0 })
  await until(() => feed.model.slot === slot)
}

it.each(['/chain', '/attestations', '/mailboxes', '/node/syncing'])(
  'an answer of %s that never comes does not hold up the next connection',
  async (path) => {
    const asked = node.hold(path)
    void feed.run()
    await asked
    node.endStreams()
    await expectLost()
    await expectFollowed(SLOTS + 5)
  },
)

it('an answer that never comes while the stream goes on ends the connection', async () => {
  const patience = new AbortController()
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal)
  const asked = node.hold('/chain')
  void feed.run()
  await asked
  patience.abort(new Error('no answer'))
  await expectLost()
  expect(feed.connection.text).toContain('no answer')
  vi.restoreAllMocks()
  await expectFollowed(SLOTS + 5)
})

it('a gap that is told of while answers are read makes them be read once more', async () => {
  const asked = node.hold('/node/syncing')
  void feed.run()
  const release = await asked
  node.lag()
  const figures = node.hold('/mailboxes')
  node.push('interval', { slot: SLOTS, interval: 3, lateness: 0 })
  // The feed has heard of the gap when it acts on what came after.
  await figures
  const again = node.hold('/chain')
  release()
  const releaseChain = await again
  releaseChain()
  await expectFollowed(SLOTS + 5)
})
