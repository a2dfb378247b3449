import type { RoundConstantOrder } from '@trine/xmss'
import { compress, domainSeparator, sponge } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { plain } from './engines.ts'
import { declaredOrders, elements } from './fields.ts'
import { type Check, xmssRunner } from './kind.ts'

const schema = z.looseObject({
  compress: z.array(
    z.object({
      width: z.union([z.literal(16), z.literal(24)]),
      output_len: z.int(),
      input: elements,
      output: elements,
    }),
  ),
  safe_domain_separator: z.array(
    z.object({ lengths: z.array(z.int()), capacity_len: z.int(), output: elements }),
  ),
  sponge: z.array(z.object({ capacity: elements, input: elements, output_len: z.int(), output: elements })),
})

/** Compression, domain separator and sponge. A file of an order it does not name must agree with one throughout. */
export const modesRunner = xmssRunner(
  'modes',
  ['compress', 'safe_domain_separator', 'sponge'],
  schema,
  (file, json) => {
    const orders = declaredOrders(json)
    const fitting = orders.find((order) => checksIn(order, file).every(({ check }) => check() === undefined))
    return checksIn(fitting ?? orders[0]!, file)
  },
)

function checksIn(order: RoundConstantOrder, file: z.output<typeof schema>): Check[] {
  const check = (name: string, expected: Uint32Array, compute: () => Uint32Array): Check => ({
    name: `${name}, ${order}`,
    check: () => difference(name, plain(expected), plain(compute())),
  })
  return [
    ...file.compress.map(({ width, output_len, input, output }, index) =>
      check(`compress[${index}]`, output, () => compress(input, width, output_len, order)),
    ),
    ...file.safe_domain_separator.map(({ lengths, capacity_len, output }, index) =>
      check(`safe_domain_separator[${index}]`, output, () => domainSeparator(lengths, capacity_len, order)),
    ),
    ...file.sponge.map(({ capacity, input, output_len, output }, index) =>
      check(`sponge[${index}]`, output, () => sponge(input, capacity, output_len, order)),
    ),
  ]
}
