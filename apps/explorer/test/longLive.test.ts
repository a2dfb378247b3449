import { readStaticFiles } from '@trine/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser } from '../../../test/support/browser.ts'
import { ensureExplorer } from '../src/index.ts'
import { VIEWS } from '../src/page/address.ts'
import { type FakeNode, pushSlot, startFakeNode, unfinalizedChain } from './support/fakeNode.ts'
import { heapOf, PATIENCE } from './support/pages.ts'

const SLOTS = 5000
const VALIDATORS = 512

declare global {
  var frameTimes: number[]
}

/** Times everything that is drawn: frame callbacks with the rendering that they queue. */
function timeFrames(): void {
  globalThis.frameTimes = []
  const request = globalThis.requestAnimationFrame.bind(globalThis)
  globalThis.requestAnimationFrame = (callback) =>
    request((time) => {
      const began = performance.now()
      callback(time)
      queueMicrotask(() => globalThis.frameTimes.push(performance.now() - began))
    })
}

describeInBrowser('a node without finality for thousands of slots', ({ open }) => {
  let node: FakeNode
  beforeAll(async () => {
    node = await startFakeNode(readStaticFiles(await ensureExplorer()), unfinalizedChain(SLOTS, VALIDATORS))
  })
  afterAll(() => node?.close())

  it('is followed within 100 ms per update and 200 MB, in every view', async () => {
    const { page, problems } = await open('about:blank')
    await page.addInitScript(timeFrames)
    await page.goto(node.url)
    await page.waitForFunction(
      () => document.querySelector('.connection')?.textContent?.includes('Live'),
      null,
      PATIENCE,
    )
    let slot = SLOTS
    const medians: string[] = []
    for (const view of VIEWS) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.evaluate(() => {
        frameTimes.length = 0
      })
      for (let round = 0; round < 8; round++) {
        slot += 1
        pushSlot(node, slot, VALIDATORS)
        await page.waitForFunction(
          (wanted) => document.querySelector('.figure.head .value')?.textContent === String(wanted),
          slot,
          PATIENCE,
        )
      }
      const times = await page.evaluate(() => [...frameTimes].sort((left, right) => left - right))
      // Half of the frames draw nothing: they only run effects.
      const median = times[Math.floor(times.length * 0.75)]!
      medians.push(`${view} ${median.toFixed(1)} ms`)
      expect(median, view).toBeLessThan(100)
    }
    const heap = await heapOf(page)
    console.log(
      `${SLOTS} slots, ${VALIDATORS} validators: ${medians.join(', ')}; heap ${(heap / 1e6).toFixed(1)} MB`,
    )
    expect(heap).toBeLessThan(200e6)
    await page.click('nav a[href*="view=finality"]')
    expect(await page.textContent('.why .headline')).toContain(
      `of ${VALIDATORS} validators only ${VALIDATORS / 2} were heard in the last two slots, and ${Math.ceil((2 * VALIDATORS) / 3)} votes are needed.`,
    )
    expect(problems).toEqual([])
    await page.close()
  })
})
