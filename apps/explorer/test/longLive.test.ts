import { readStaticFiles } from '@trine/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser } from '../../../test/support/browser.ts'
import { ensureExplorer } from '../src/index.ts'
import { VIEWS } from '../src/page/address.ts'
import { type FakeNode, pushSlot, startFakeNode, unfinalizedChain } from './support/fakeNode.ts'
import { heapOf, PATIENCE, workOf } from './support/pages.ts'

const SLOTS = 5000
const VALIDATORS = 512
const ROUNDS = 8

describeInBrowser('a node without finality for thousands of slots', ({ open }) => {
  let node: FakeNode
  beforeAll(async () => {
    node = await startFakeNode(readStaticFiles(await ensureExplorer()), unfinalizedChain(SLOTS, VALIDATORS))
  })
  afterAll(() => node?.close())

  it('is followed within 100 ms per update and 200 MB, in every view', async () => {
    const { page, problems } = await open(node.url)
    await page.waitForFunction(
      () => document.querySelector('.connection')?.textContent?.includes('Live'),
      null,
      PATIENCE,
    )
    let slot = SLOTS
    const figures: string[] = []
    for (const view of VIEWS) {
      await page.click(`nav a[href*="view=${view}"]`)
      const worked = await workOf(page, async () => {
        for (let round = 0; round < ROUNDS; round++) {
          slot += 1
          pushSlot(node, slot, VALIDATORS)
          await page.waitForFunction(
            (wanted) => document.querySelector('.figure.head .value')?.textContent === String(wanted),
            slot,
            PATIENCE,
          )
        }
      })
      figures.push(`${view} ${(worked / ROUNDS).toFixed(1)} ms`)
      expect(worked / ROUNDS, view).toBeLessThan(100)
    }
    const heap = await heapOf(page)
    console.log(
      `${SLOTS} slots, ${VALIDATORS} validators: per slot ${figures.join(', ')}; heap ${(heap / 1e6).toFixed(1)} MB`,
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
