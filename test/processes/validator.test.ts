import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ProcessDevnet } from '../../apps/trine/src/devnet/processDevnet.ts'
import type { ProcessNode } from '../../apps/trine/src/devnet/processNode.ts'
import { TrineProcess, until } from '../../apps/trine/src/devnet/trineProcess.ts'
import { withDevnet } from '../support/devnet.ts'

/** Limits against hangs, seconds: a machine may be much slower than usual. */
const SOON = 120
const PATIENT = 300

/** The validators of the first two nodes, which run without them. */
const OUTSIDE = [0, 1]

type Votes = { readonly attestations: readonly { readonly slot: number }[] }

function startValidators({ folder, nodes }: ProcessDevnet): TrineProcess {
  const urls = nodes.slice(0, 2).map(({ plan }) => plan.apiUrl)
  return new TrineProcess([
    ...['validator', '--genesis', join(folder, 'genesis'), '--node-id', 'trine_0,trine_1'],
    ...['--data-dir', join(folder, 'data', 'validators'), '--api', urls.join(',')],
  ])
}

/** The latest slot of a validator's votes that a node knows of. */
async function lastVote(node: ProcessNode, validatorIndex: number): Promise<number> {
  const votes = await node.get<Votes>(`attestations?validator_index=${validatorIndex}&limit=1`)
  return votes?.attestations[0]?.slot ?? 0
}

it('four nodes and validators outside of two of them finalize, also when one of the two is killed', {
  timeout: 900_000,
}, async () => {
  const args = (index: number) => (index < 2 ? ['--validators', 'none'] : [])
  await withDevnet({ nodes: 4, validators: 4, args }, async (devnet) => {
    await devnet.start()
    const validators = startValidators(devnet)
    const orSay = async (work: Promise<void>) => {
      try {
        await work
      } catch (error) {
        throw new Error(`${(error as Error).message}\n--- validators\n${validators.output}`)
      }
    }
    try {
      await devnet.connect(SOON)
      await orSay(devnet.finalize(1, PATIENT))

      const [first, ...others] = devnet.nodes
      await first!.end('SIGKILL')
      const slot = devnet.slot
      const watching = others.at(-1)!
      for (const validatorIndex of OUTSIDE) {
        const voted = until(`votes of validator ${validatorIndex} after slot ${slot}`, PATIENT, async () =>
          (await lastVote(watching, validatorIndex)) > slot + 1 ? true : undefined,
        )
        await orSay(voted.then(() => {}))
      }
      await orSay(devnet.finalize(slot + 1, PATIENT, others))

      // It is back: its validators are still those of the other process.
      first!.start()
      const host = new URL(first!.plan.apiUrl).host
      const isReady = () => {
        const said = validators.output
          .split('\n')
          .findLast((line) => line.includes('node ') && line.includes(host))
        return said?.includes('node is ready') || undefined
      }
      await orSay(until('the first node ready again', SOON, isReady).then(() => {}))
      expect(await validators.end('SIGTERM')).toBe(0)
    } finally {
      await validators.end('SIGKILL')
    }
  })
})
