import { expect, it } from 'vitest'
import { Contract } from './support/contract.ts'
import { startTestNode } from './support/testNode.ts'

it('the document is valid OpenAPI, and every parameter of a path is described', async () => {
  const lean = await startTestNode({ hasDuties: false, parts: { servesValidators: true } })
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
