import { failure, success } from '@trine/types'
import { expect, it } from 'vitest'
import type { TestDriver } from '../src/index.ts'
import { Contract } from './support/contract.ts'
import { startTestNode } from './support/testNode.ts'

/** Only its routes matter here; `apps/trine` has the real one. */
const testDriver: TestDriver = {
  initForkChoice: () => success(undefined),
  stepForkChoice: () => undefined,
  runStateTransition: () => failure('not here'),
  verifySignatures: () => failure('not here'),
}

it('the document is valid OpenAPI, and every parameter of a path is described', async () => {
  const lean = await startTestNode({ hasDuties: false, parts: { servesValidators: true, testDriver } })
  try {
    const { document } = await Contract.of(lean.api)
    await Contract.validate(document)
    for (const [path, methods] of Object.entries<Record<string, { parameters?: { name: string }[] }>>(
      document.paths,
    )) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters = [] } of Object.values(methods)) {
        expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(named))
      }
    }
  } finally {
    await lean.stop()
  }
}, 60_000)
