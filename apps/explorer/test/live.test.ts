import { readStaticFiles } from '@trine/api'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser } from '../../../test/support/browser.ts'
import { ensureExplorer } from '../src/index.ts'
import { VIEWS } from '../src/page/address.ts'
import { type Devnet, startDevnet } from './support/devnet.ts'
import { expectAccessible, PATIENCE, watchHosts } from './support/pages.ts'

const headSlot = (page: Page) => page.textContent('.figure.head .value').then(Number)

/** Waits until the head is so many slots further. */
async function waitForSlots(page: Page, slots: number): Promise<void> {
  const from = await headSlot(page)
  await page.waitForFunction(
    (wanted) => Number(document.querySelector('.figure.head .value')?.textContent) >= wanted,
    from + slots,
    PATIENCE,
  )
}

const isLive = (page: Page) =>
  page.waitForFunction(
    () => document.querySelector('.connection')?.textContent?.includes('Live'),
    null,
    PATIENCE,
  )

describeInBrowser('the explorer on a running devnet', ({ open }) => {
  let devnet: Devnet
  beforeAll(async () => {
    const explorer = readStaticFiles(await ensureExplorer())
    devnet = await startDevnet({ nodes: 3, validators: 6, millisecondsPerInterval: 200, explorer })
  })
  afterAll(() => devnet?.stop())

  it('shows blocks, votes and finality as they come, and asks nobody else', async () => {
    const { page, problems } = await open('about:blank')
    const hosts = watchHosts(page)
    await page.goto(devnet.urls[0]!)
    await isLive(page)
    await waitForSlots(page, 6)
    await page.waitForFunction(
      () => Number(document.querySelector('.figure.finalized .value')?.textContent) >= 2,
      null,
      PATIENCE,
    )
    const drawn = await page
      .locator('.axis .block')
      .evaluateAll((blocks) => blocks.map((block) => block.getAttribute('data-root')!))
    expect(drawn.length).toBeGreaterThan(2)
    const known = (await (await fetch(`${devnet.urls[1]}/lean/v0/fork_choice`)).json()) as {
      nodes: { root: string }[]
    }
    await page.waitForFunction(
      (root) => document.querySelector(`[data-root="${root}"]`) !== null,
      known.nodes.at(-1)!.root,
      PATIENCE,
    )
    await page.waitForFunction(
      () => document.querySelector('.votes text')?.textContent !== '',
      null,
      PATIENCE,
    )
    await page.waitForSelector('.banner[data-cause="finalizing"]', PATIENCE)
    expect([...hosts]).toEqual([new URL(devnet.urls[0]!).host])
    expect(problems).toEqual([])
    await page.close()
  })

  it('has every view filled, usable by everyone, in light and dark, large and small', async () => {
    const { page, problems } = await open(devnet.urls[0]!)
    await isLive(page)
    await waitForSlots(page, 2)
    const expected = {
      chain: '.axis .block',
      finality: '.answers dd',
      validators: '.validators tbody tr:nth-child(6)',
      peers: '.peer-id',
      mailboxes: '.cards section:nth-child(5)',
      duties: 'tbody tr:nth-child(2)',
      nodes: 'tbody tr',
    } as const
    for (const view of VIEWS) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.waitForSelector(expected[view], PATIENCE)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await expectAccessible(page, `${view}, ${colorScheme}`)
      }
      await page.setViewportSize({ width: 360, height: 740 })
      const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(isWider, `${view} scrolls sideways on a phone`).toBe(false)
      await expectAccessible(page, `${view}, phone`)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
    await page.click('nav a[href*="view=duties"]')
    await page.waitForFunction(
      () => document.querySelector('tbody')?.textContent?.includes('to slot 262,143'),
      null,
      PATIENCE,
    )
    expect(problems).toEqual([])
    await page.close()
    // Axe looks at 21 pages, each a matter of seconds where others use the machine.
  }, 600_000)

  it('can be read by keyboard: arrows choose a slot, which is described', async () => {
    const { page } = await open(devnet.urls[0]!)
    await isLive(page)
    const slot = (await headSlot(page)) - 2
    await page.goto(`${devnet.urls[0]!}/#slot=${slot + 1}`)
    await isLive(page)
    await page.waitForFunction(
      (title) => document.querySelector('#slot-title')?.textContent === title,
      `Slot ${slot + 1}`,
      PATIENCE,
    )
    await page.focus('.scroller')
    await page.keyboard.press('ArrowLeft')
    expect(await page.textContent('#slot-title')).toBe(`Slot ${slot}`)
    expect(page.url()).toContain(`slot=${slot}`)
    expect(await page.textContent('.detail')).toMatch(new RegExp(`validator ${slot % 6}`, 'i'))
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.querySelector('#slot-title')?.textContent?.includes('newest'))
    await page.close()
  })

  it('sets nodes side by side, and says which has another head since when', async () => {
    const { page, problems } = await open(`${devnet.urls[0]}/?nodes=${devnet.urls.join(',')}#view=nodes`)
    await page.waitForFunction(
      () => document.querySelector('.summary')?.textContent === 'All 3 nodes have the same head.',
      null,
      PATIENCE,
    )
    expect(await page.locator('tbody th').allTextContents()).toEqual(['trine_0', 'trine_1', 'trine_2'])
    expect(problems).toEqual([])
    await page.close()
  })

  it('says that the node is gone, and goes on when it is back', async () => {
    const { page } = await open(devnet.urls[2]!)
    await isLive(page)
    await waitForSlots(page, 1)
    await devnet.stopNode(2)
    await page.waitForFunction(
      () => document.querySelector('.connection')?.textContent?.includes('reconnecting'),
      null,
      PATIENCE,
    )
    expect(await page.getAttribute('.connection', 'role')).toBe('status')
    expect(await page.locator('.axis .block').count()).toBeGreaterThan(2)
    await devnet.startNode(2)
    await isLive(page)
    await waitForSlots(page, 3)
    await page.close()
  })

  it('nothing broke in the nodes meanwhile', () => {
    expect(devnet.errors).toEqual([])
  })
})
