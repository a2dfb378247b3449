import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import { Contract } from './support/contract.ts'
import { startTestNode } from './support/testNode.ts'

it('the document is valid OpenAPI, and every parameter of a path is described', async () => {
  const lean = await startTestNode({ hasDuties: false })
  try {
    const { document } = await Contract.of(lean.api)
    const validation = await new Validator().validate(structuredClone(document))
    expect(validation.errors).toBeUndefined()
    expect(validation.valid).toBe(true)
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
