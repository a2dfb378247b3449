import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ProcessNode } from '../../apps/trine/src/devnet/processNode.ts'
import { TrineProcess, until } from '../../apps/trine/src/devnet/trineProcess.ts'
import { withDevnet } from '../support/devnet.ts'

type Duties = {
  readonly validators: readonly {
    readonly last_results: readonly {
      readonly slot: number
      readonly outcome: string
      readonly reason: string
      readonly is_signed: boolean
    }[]
  }[]
}

it('a second node with the same keys, and a ledger of its own, hears of the first before it signs anything, and stops', {
  timeout: 400_000,
}, async () => {
  const asTheFirst = (folder: string) => ['--node-id', 'trine_0', '--node-key', join(folder, 'trine_2.key')]
  await withDevnet({ nodes: 2, validators: 4, followers: 1 }, async (devnet) => {
    await devnet.start()
    await devnet.connect(120)
    await until('the first slots', 120, () => devnet.slot >= 2 || undefined)

    // The same validators as the first node, found in the network's files; all else is its own.
    const genesis = join(devnet.folder, 'genesis')
    const second = devnet.followers[0]!
    second.start(...asTheFirst(genesis), '--validators', join(genesis, 'annotated_validators.yaml'))
    await devnet.untilEach('validators that stop', 180, [second], async (node) => {
      const duties = await node.get<Duties>('duties')
      const latest = duties?.validators.map(({ last_results: [result] }) => result?.reason ?? '') ?? []
      return (
        latest.length === 2 &&
        latest.every((reason) => /seen signing elsewhere .* in use twice\?$/.test(reason))
      )
    })

    // It has signed nothing, and the first goes on.
    const results = async (node: ProcessNode) =>
      (await until('duties', 60, () => node.get<Duties>('duties'))).validators.flatMap(
        ({ last_results }) => last_results,
      )
    const { slot } = devnet
    await devnet.untilEach('a vote of the first node', 120, [devnet.nodes[0]!], async (node) =>
      (await results(node)).some((result) => result.slot > slot + 2 && result.outcome === 'published'),
    )
    const ofSecond = await results(second)
    expect(ofSecond.length).toBeGreaterThan(0)
    expect(ofSecond.filter(({ is_signed }) => is_signed)).toEqual([])
    expect(second.process?.isRunning).toBe(true)

    // Validators outside of a node, with the same keys and a ledger of their own too.
    const outside = new TrineProcess([
      ...['validator', '--genesis', genesis, '--node-id', 'trine_0', '--log-format', 'json'],
      ...['--data-dir', join(devnet.folder, 'data', 'outside'), '--api', devnet.nodes[1]!.plan.apiUrl],
    ])
    try {
      const count = (text: string) => outside.output.split(text).length - 1
      await until('validators outside that stop', 180, () => count('validator stopped') === 2 || undefined)
      await until('duties that are skipped', 60, () => count('seen signing elsewhere') > 2 || undefined)
      expect(count('taken by no node')).toBe(0)
      expect(await outside.end('SIGTERM')).toBe(1)
    } finally {
      await outside.end('SIGKILL')
    }
  })
})
