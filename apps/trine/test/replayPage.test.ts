import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createRun, DEFAULT_SCENARIO, type StakerStatus } from '@trine/mini3sf'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser } from '../../../test/support/browser.ts'

const command = fileURLToPath(new URL('../bin/trine.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'trine-page-'))
const file = join(folder, 'replay.html')
const url = pathToFileURL(file).href
const PATIENCE = { timeout: 60_000 }

function statusesAt(step: number): StakerStatus[] {
  const run = createRun(DEFAULT_SCENARIO)
  while (run.stepsDone <= step) run.step()
  return Array.from({ length: 10 }, (_, staker) => run.status(staker))
}

/** The moment of a step as the page names it: the clock reads step + 1, and began at slot 2. */
function momentOf(step: number): string {
  const tick = step + 1 + 2 * DEFAULT_SCENARIO.slotDuration
  return `${Math.floor(tick / DEFAULT_SCENARIO.slotDuration)}.${tick % DEFAULT_SCENARIO.slotDuration}`
}

async function expectShown(page: Page, step: number, staker: number): Promise<void> {
  await page.waitForFunction(
    (text) => document.querySelector('output.moment')?.textContent === text,
    `slot ${momentOf(step)}`,
    PATIENCE,
  )
  await page.waitForFunction(
    (chosen) => (document.querySelector('.node-choice select') as HTMLSelectElement).value === chosen,
    String(staker),
    PATIENCE,
  )
  const { headSlot, justifiedSlot, finalizedSlot, head } = statusesAt(step)[staker]!
  const slotOf = async (kind: string) =>
    (await page.textContent(`.figure.${kind} .value`))?.replace('none', '0')
  expect(await slotOf('head')).toBe(String(headSlot))
  expect(await slotOf('justified')).toBe(String(justifiedSlot))
  expect(await slotOf('finalized')).toBe(String(finalizedSlot))
  expect(await page.getAttribute('.figure.head code', 'title')).toBe(head)
}

describeInBrowser('the page of trine replay', ({ open }) => {
  beforeAll(() => {
    const { status, stderr } = spawnSync(process.execPath, [command, 'replay', '--html', file], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('shows what each staker of the model held, at any step', async () => {
    const { page, problems } = await open('about:blank')
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    for (const [step, staker] of [
      [345, 3],
      [700, 9],
      [100, 0],
      [999, 7],
    ] as const) {
      await page.goto(`${url}#node=${staker}&at=${momentOf(step)}`)
      await expectShown(page, step, staker)
    }
    expect(
      requests.filter((request) => !request.startsWith('file:') && !request.startsWith('data:')),
    ).toEqual([])
    expect(problems).toEqual([])
    await page.close()
  })

  it('moves by step, slot and staker', async () => {
    const { page } = await open(`${url}#at=${momentOf(100)}`)
    await expectShown(page, 100, 0)
    await page.keyboard.press('ArrowRight')
    await expectShown(page, 101, 0)
    await page.keyboard.press('Shift+ArrowRight')
    await expectShown(page, 113, 0)
    await page.keyboard.press(']')
    await expectShown(page, 113, 1)
    await page.keyboard.press('End')
    await expectShown(page, 999, 1)
    await page.close()
  })

  it('compares the stakers, and draws the blocks that one knows', async () => {
    const { page } = await open(`${url}#view=nodes&at=${momentOf(345)}`)
    await page.waitForSelector('.summary', PATIENCE)
    const heads = await page.locator('tbody tr td:nth-child(2) code').allTextContents()
    expect(heads).toEqual(statusesAt(345).map(({ head }) => head.slice(0, 8)))
    await page.goto(`${url}#view=chain&at=${momentOf(345)}`)
    await page.waitForSelector('.block.is-head', PATIENCE)
    const { head } = statusesAt(345)[0]!
    expect(await page.getAttribute('.block.is-head', 'data-root')).toBe(head)
    await page.close()
  })
})
