import { bottomTreeRange, production } from '@trine/xmss'
import { messageDigits, writeChainTweak, writeMessageTweak, writeTreeTweak } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { plain } from './engines.ts'
import { byteString } from './fields.ts'
import { xmssRunner } from './kind.ts'

const encoded = { packed: z.string(), field_elements: z.array(z.number()) }

const tweak = z.discriminatedUnion('type', [
  z.object({ type: z.literal('chain'), epoch: z.int(), chain_index: z.int(), step: z.int(), ...encoded }),
  z.object({ type: z.literal('tree'), level: z.int(), index: z.int(), ...encoded }),
  z.object({ type: z.literal('message'), epoch: z.int(), ...encoded }),
])

const schema = z.looseObject({
  tweaks: z.array(tweak),
  messages: z.array(z.object({ message: byteString, field_elements: z.array(z.number()) })),
  expand_activation_time: z.array(
    z.object({
      log_lifetime: z.int(),
      desired_activation_epoch: z.number(),
      desired_num_active_epochs: z.number(),
      bottom_tree_range: z.tuple([z.int(), z.int()]),
    }),
  ),
})

/** Tweaks and messages as elements, and the bottom trees that a range of epochs needs. */
export const tweaksRunner = xmssRunner(
  'tweaks',
  ['tweaks', 'messages', 'expand_activation_time'],
  schema,
  function* (file) {
    for (const [index, vector] of file.tweaks.entries()) {
      const check = () => difference('elements', vector.field_elements, encode(vector))
      yield { name: `tweaks[${index}], ${vector.type}`, check }
    }
    for (const [index, { message, field_elements }] of file.messages.entries()) {
      const check = () => difference('elements', field_elements, plain(messageDigits(message)))
      yield { name: `messages[${index}]`, check }
    }
    for (const [index, vector] of file.expand_activation_time.entries()) {
      const { log_lifetime: logLifetime } = vector
      const scheme = { ...production, logLifetime, logBottomTreeLeaves: logLifetime / 2 }
      const [start, end] = vector.bottom_tree_range
      yield {
        name: `expand_activation_time[${index}]`,
        check: () => {
          const { desired_activation_epoch: first, desired_num_active_epochs: count } = vector
          return difference(
            'bottom trees',
            { ok: true, value: { start, end } },
            bottomTreeRange(scheme, first, count),
          )
        },
      }
    }
  },
)

function encode(vector: z.output<typeof tweak>): unknown {
  const output = new Uint32Array(2)
  if (vector.type === 'chain') writeChainTweak(vector.epoch, vector.chain_index, vector.step, output, 0)
  else if (vector.type === 'tree') writeTreeTweak(vector.level, vector.index, output, 0)
  else writeMessageTweak(vector.epoch, output, 0)
  return plain(output)
}
