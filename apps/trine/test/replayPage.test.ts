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

function statusesAt(step: number): StakerStatus[] {
  const run = createRun(DEFAULT_SCENARIO)
  while (run.stepsDone <= step) run.step()
  return Array.from({ length: 10 }, (_, staker) => run.status(staker))
}

function summaryOf(page: Page): Promise<string> {
  return page.textContent('#summary').then(String)
}

async function expectShown(page: Page, step: number, staker: number): Promise<void> {
  const { head, headSlot, finalized, finalizedSlot } = statusesAt(step)[staker]!
  const summary = await summaryOf(page)
  expect(summary).toMatch(
    new RegExp(`^Step ${step}: .*Staker ${staker}: head ${head.slice(0, 8)} \\(slot ${headSlot}\\)`),
  )
  const name = finalizedSlot === 0 ? 'none' : `${finalized.slice(0, 8)} (slot ${finalizedSlot})`
  expect(summary).toContain(`finalized ${name}`)
  expect(await page.textContent('#tree .node.head, #tree .node.justified')).not.toBe('')
  expect(await page.inputValue('#slider')).toBe(String(step))
}

describeInBrowser('the replay page', ({ open }) => {
  beforeAll(() => {
    spawnSync(process.execPath, [command, 'replay', '--html', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('shows the step and view of its address, and asks no other host for anything', async () => {
    const { page, problems } = await open('about:blank')
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(`${url}#step=345&staker=3`)
    await expectShown(page, 345, 3)
    expect(requests.filter((request) => !request.startsWith('file:'))).toEqual([])
    expect(problems).toEqual([])
    await page.close()
  })

  it('moves by slider, buttons and keys', async () => {
    const { page, problems } = await open(`${url}#step=100&staker=0`)
    await page.keyboard.press('ArrowRight')
    await expectShown(page, 101, 0)
    await page.keyboard.press('Shift+ArrowRight')
    await expectShown(page, 113, 0)
    await page.keyboard.press(']')
    await expectShown(page, 113, 1)
    await page.focus('#slider')
    await page.keyboard.press('ArrowLeft')
    await expectShown(page, 112, 1)
    await page.keyboard.press('End')
    await expectShown(page, 999, 1)
    await page.click('text="«"')
    await expectShown(page, 987, 1)
    await page.fill('#step', '500')
    await expectShown(page, 500, 1)
    await page.selectOption('#staker', { label: 'staker 4' })
    await expectShown(page, 500, 4)
    await page.click('#stakers button[data-track="7"]')
    await expectShown(page, 500, 7)
    expect(page.url()).toContain('#step=500&staker=7')
    expect(problems).toEqual([])
    await page.close()
  })

  it('jumps to the next change of head, justified or finalized', async () => {
    const { page } = await open(`${url}#step=200&staker=0`)
    const before = statusesAt(200)[0]!
    let step = 201
    const isChanged = (now: StakerStatus): boolean =>
      now.head !== before.head || now.justified !== before.justified || now.finalized !== before.finalized
    while (!isChanged(statusesAt(step)[0]!)) step += 1
    await page.keyboard.press('.')
    await expectShown(page, step, 0)
    await page.close()
  })

  it('plays and stops', async () => {
    const { page } = await open(`${url}#step=10&staker=0`)
    await page.keyboard.press('Space')
    await page.waitForFunction(
      () => Number((document.getElementById('slider') as HTMLInputElement).value) >= 14,
    )
    await page.keyboard.press('Space')
    expect(await page.textContent('#play')).toBe('Play')
    await page.close()
  })

  it('draws all blocks and votes of a view, and the timeline takes clicks', async () => {
    const { page } = await open(`${url}#step=999&staker=0&slots=0`)
    expect(await page.locator('#tree .node').count()).toBe(statusesAt(999)[0]!.chain)
    expect(await page.locator('#tree .vote').count()).toBe(10)
    const { width, height } = (await page.locator('#timeline svg').boundingBox())!
    await page.locator('#timeline svg').click({ position: { x: width / 2, y: height / 2 } })
    const step = Number(await page.inputValue('#slider'))
    expect(step).toBeGreaterThan(450)
    expect(step).toBeLessThan(550)
    await page.close()
  })

  it('every control has a name, tab order reaches them, both colour schemes have contrast', async () => {
    const { page } = await open(url)
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, [role]')]
        .filter((control) => {
          const label = control.closest('label')?.textContent ?? ''
          const labelledBy = control.getAttribute('aria-labelledby')
          const name = [
            control.getAttribute('aria-label'),
            labelledBy && document.getElementById(labelledBy)?.textContent,
            control.textContent,
            label,
          ]
          return name.every((text) => !text?.trim())
        })
        .map((control) => control.outerHTML),
    )
    expect(unnamed).toEqual([])
    const reached = new Set<string>()
    for (let pressed = 0; pressed < 30; pressed++) {
      await page.keyboard.press('Tab')
      reached.add(await page.evaluate(() => document.activeElement?.id ?? ''))
    }
    for (const id of ['theme', 'play', 'slider', 'step', 'staker', 'window', 'tree'])
      expect(reached).toContain(id)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await page.evaluate(worstContrast), colorScheme).toBeGreaterThanOrEqual(4.5)
    }
    await page.close()
  })
})

/** Runs in the page: the lowest contrast of visible text against the background that it stands on. */
function worstContrast(): number {
  const channels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
      const share = channel / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const contrast = (left: string, right: string): number => {
    const [dark, light] = [luminance(left), luminance(right)].sort((a, b) => a - b) as [number, number]
    return (light + 0.05) / (dark + 0.05)
  }
  const page = getComputedStyle(document.body).backgroundColor
  const pairs: [string, string][] = []
  for (const element of document.querySelectorAll('h1, h2, p, td, th, label, li, footer, button, select')) {
    const row = element.closest('tr[data-selected]')
    pairs.push([getComputedStyle(element).color, row ? getComputedStyle(row).backgroundColor : page])
  }
  for (const text of document.querySelectorAll('#tree .node > text:not(.part), #tree .vote > text')) {
    const shape = text.parentElement!.querySelector('rect, circle')!
    pairs.push([getComputedStyle(text).fill, getComputedStyle(shape).fill])
  }
  for (const text of document.querySelectorAll('svg .slot, svg .part'))
    pairs.push([getComputedStyle(text).fill, page])
  return Math.min(...pairs.map(([text, ground]) => contrast(text, ground)))
}
