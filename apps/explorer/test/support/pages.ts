import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Generous: the machine may be busy with other things. */
export const PATIENCE = { timeout: 60_000 }

/** Fails when axe-core finds anything serious or critical on the page as it is. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // In an isolated world the page's Content-Security-Policy does not stop it, and it tests the page as users get it.
  const session = await page.context().newCDPSession(page)
  const { readFileSync } = await import('node:fs')
  const { frameTree } = (await session.send('Page.getFrameTree')) as { frameTree: { frame: { id: string } } }
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  })
  const run = async (expression: string) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`axe: ${JSON.stringify(exceptionDetails.exception)}`)
    return result.value as unknown
  }
  await run(`${readFileSync(axePath, 'utf8')};0`)
  const found = await run(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`)
  await session.detach()
  expect(found, where).toEqual([])
}

/** Hosts that a page talked to, from now on. */
export function watchHosts(page: Page): Set<string> {
  const hosts = new Set<string>()
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol !== 'data:' && protocol !== 'blob:') hosts.add(protocol === 'file:' ? 'file' : host)
  })
  return hosts
}

/**
 * Milliseconds that a page's main thread really worked while something was done: time in which other processes had the
 * processor does not count.
 */
export async function workOf(page: Page, act: () => Promise<unknown>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const taskTime = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
  }
  const before = await taskTime()
  await act()
  const worked = (await taskTime()) - before
  await session.detach()
  return worked
}

/** Bytes of JavaScript in use in a page, after a collection. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  await session.detach()
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value
}
