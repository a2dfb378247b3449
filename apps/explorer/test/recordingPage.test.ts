import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser } from '../../../test/support/browser.ts'
import { type Recording, recordingPage } from '../src/index.ts'
import { explainFinality } from '../src/model/explainFinality.ts'
import { VIEWS } from '../src/page/address.ts'
import { Player } from '../src/recording/player.ts'
import { longRecording } from './support/longRun.ts'
import { expectAccessible, heapOf, PATIENCE, watchHosts, workOf } from './support/pages.ts'
import { recordScenario } from './support/recordScenario.ts'
import { SPLIT_VOTES } from './support/splitVotes.ts'

const SLOTS = 5000

describeInBrowser('the page of a recorded run', ({ open }) => {
  const folder = mkdtempSync(join(tmpdir(), 'trine-explorer-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  async function pageOf(name: string, recording: Recording): Promise<string> {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, await recordingPage(recording))
    return pathToFileURL(file).href
  }

  const moment = (page: Page) => page.textContent('output.moment')
  const showsMoment = (page: Page, text: string) =>
    page.waitForFunction(
      (wanted) => document.querySelector('output.moment')?.textContent === wanted,
      `slot ${text}`,
      PATIENCE,
    )

  let offline: Recording
  let partition: Recording
  let split: Recording
  let urls: { offline: string; split: string; partition: string; long: string }
  beforeAll(async () => {
    offline = await recordScenario('more-than-a-third-offline.yaml')
    partition = await recordScenario('partition.yaml')
    split = await recordScenario(SPLIT_VOTES)
    urls = {
      offline: await pageOf('offline', offline),
      split: await pageOf('split', split),
      partition: await pageOf('partition', partition),
      long: await pageOf('long', longRecording(SLOTS)),
    }
  })

  it.each([
    ['votes missing', 'offline', 14, 'votesMissing'],
    ['split votes', 'split', 17, 'splitVotes'],
    ['back-off slots', 'offline', 27, 'backOff'],
  ] as const)('says why there is no finality: %s', async (_, name, slot, cause) => {
    const { page, problems } = await open('about:blank')
    const hosts = watchHosts(page)
    await page.goto(`${urls[name]}#view=finality&at=${slot}.3`)
    await page.waitForSelector('.why', PATIENCE)
    expect(await page.getAttribute('.why', 'data-cause')).toBe(cause)
    const player = new Player(name === 'offline' ? offline : split)
    const { headline, votes, absent, next, outlook } = explainFinality(player.modelAt(0, slot * 4 + 3))
    expect(await page.textContent('.why .headline')).toContain(headline)
    expect(await page.locator('.answers dd').allTextContents()).toEqual([
      votes,
      absent,
      next,
      outlook.join(''),
    ])
    await page.goto(`${urls[name]}#view=chain&at=${slot}.3`)
    await page.waitForSelector('.banner', PATIENCE)
    expect(await page.textContent('.banner')).toContain(headline)
    expect([...hosts]).toEqual(['file'])
    expect(problems).toEqual([])
    await page.close()
  })

  it('a link shows the same moment; slider, buttons and keys move it', async () => {
    const { page, problems } = await open(`${urls.partition}#view=chain&node=5&at=12.1`)
    await showsMoment(page, '12.1')
    expect(await page.inputValue('.node-choice select')).toBe('5')
    await page.keyboard.press('ArrowRight')
    await showsMoment(page, '12.2')
    await page.keyboard.press('Shift+ArrowLeft')
    await showsMoment(page, '11.2')
    await page.click('button[aria-label="Forward one slot"]')
    await showsMoment(page, '12.2')
    await page.focus('.time input')
    await page.keyboard.press('ArrowLeft')
    await showsMoment(page, '12.1')
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('.')
    await page.waitForFunction(
      () => document.querySelector('output.moment')?.textContent !== 'slot 12.1',
      null,
      PATIENCE,
    )
    const url = page.url()
    expect(url).toContain('node=5')
    const shown = await moment(page)
    const other = await open(url)
    await showsMoment(other.page, shown!.replace('slot ', ''))
    await page.keyboard.press('Home')
    await showsMoment(page, '0.0')
    await page.keyboard.press('Space')
    await page.waitForFunction(
      () => Number(document.querySelector('output.moment')?.textContent?.slice(5)) > 1,
      null,
      PATIENCE,
    )
    await page.keyboard.press('Space')
    expect([...problems, ...other.problems]).toEqual([])
    await page.close()
    await other.page.close()
  })

  it('shows all nodes at the moment, and which differ', async () => {
    const { page } = await open(`${urls.partition}#view=nodes&at=16.3`)
    await page.waitForSelector('.summary', PATIENCE)
    expect(await page.textContent('.summary')).toContain(
      '2 different heads: 4 of 8 nodes differ from most, the first since 8.',
    )
    expect(await page.locator('td .group').allTextContents()).toEqual([...'AAAABBBB'])
    await page.close()
  })

  it('has no serious barrier in any view', async () => {
    const { page, problems } = await open(`${urls.partition}#view=chain&at=18.3`)
    for (const view of VIEWS) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.waitForFunction((name) => location.hash.includes(`view=${name}`), view, PATIENCE)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await expectAccessible(page, `${view}, ${colorScheme}`)
      }
    }
    expect(problems).toEqual([])
    await page.close()
  })

  it(`${SLOTS} slots scroll and stay small and quick`, async () => {
    const { page, problems } = await open(`${urls.long}#view=chain&at=${SLOTS - 60}.0`)
    await page.waitForSelector('.axis .block', PATIENCE)
    const blocks = () => page.locator('.axis .block').count()
    expect(await blocks()).toBeLessThan(60)
    const ROUNDS = 40
    const perStep = await workOf(page, () =>
      page.evaluate(async (rounds) => {
        const slider = document.querySelector('.time input') as HTMLInputElement
        for (let step = 0; step < rounds; step++) {
          slider.value = String(Number(slider.value) + 1)
          slider.dispatchEvent(new Event('input', { bubbles: true }))
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
        }
      }, ROUNDS),
    )
    const perJump = await workOf(page, () =>
      page.evaluate(async (rounds) => {
        const scroller = document.querySelector('.scroller')!
        for (let round = 0; round < rounds; round++) {
          scroller.scrollLeft = (scroller.scrollWidth * round) / rounds
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
        }
      }, ROUNDS),
    )
    const seen = new Set<string>()
    for (const share of [0, 0.31, 0.78]) {
      await page.evaluate((part) => {
        const scroller = document.querySelector('.scroller')!
        scroller.scrollLeft = scroller.scrollWidth * part
      }, share)
      await page.waitForFunction(
        (slot) =>
          [...document.querySelectorAll('.slot-number')].some(
            (label) => Math.abs(Number(label.textContent) - slot) < 30,
          ),
        Math.round(share * (SLOTS - 50)),
        PATIENCE,
      )
      seen.add((await page.locator('.slot-number').first().textContent()) ?? '')
    }
    expect(seen.size).toBe(3)
    expect(await blocks()).toBeLessThan(60)
    const heap = await heapOf(page)
    console.log(
      `${SLOTS} slots: ${(perStep / ROUNDS).toFixed(1)} ms per step, ${(perJump / ROUNDS).toFixed(1)} ms per jump, heap ${(heap / 1e6).toFixed(1)} MB`,
    )
    expect(perStep / ROUNDS).toBeLessThan(100)
    expect(perJump / ROUNDS).toBeLessThan(100)
    expect(heap).toBeLessThan(200e6)
    expect(problems).toEqual([])
    await page.close()
  })

  it('what came from the network is text and never markup', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    const recording = longRecording(20, evil)
    const [node] = recording.nodes
    const extras = [
      { type: 'peer', peer: { peerId: evil, dialect: evil } },
      { type: 'notice', level: 'error', text: evil },
      { type: 'dutiesPaused', reason: evil },
    ] as const
    const events = [...node!.events, 7, 0, 7, 1, 7, 2]
    const roots = recording.roots.map((root, index) => (index === 3 ? evil : root))
    const file = { ...recording, roots, nodes: [{ ...node!, name: evil, events, extras }] }
    const { page, problems } = await open(await pageOf('evil', file))
    for (const view of VIEWS) {
      await page.click(`nav a[href*="view=${view}"]`)
      await page.waitForFunction((name) => location.hash.includes(`view=${name}`), view, PATIENCE)
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
      expect(await page.locator('img, main script').count()).toBe(0)
    }
    expect(await page.textContent('h1')).toBe(evil)
    expect(problems).toEqual([])
    await page.close()
  })

  it('its policy lets nothing else run or load', async () => {
    const { page } = await open(urls.partition)
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content')
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; img-src data:;/,
    )
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.injected = 1'
      document.body.append(script)
      return 'injected' in window
    })
    expect(ran).toBe(false)
    await page.close()
  })
})
