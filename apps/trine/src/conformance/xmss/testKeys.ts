import {
  advancePreparation,
  computeBottomTree,
  decodeSignature,
  finishKey,
  preparedRange,
  rootOf,
  type Scheme,
  type SecretKey,
  type SubTree,
  sign,
} from '@trine/xmss'
import { z } from 'zod'
import { readFields } from '../devnet1/fields.ts'
import { type CaseResult, checkCase, difference, hasKeys, type Runner } from '../runner.ts'
import { plain } from './engines.ts'
import { byteString, join, publicKey, schemeOf, treeLayer, words } from './fields.ts'
import { signatureChecks, signed } from './keyFiles.ts'

const keySchema = z.looseObject({
  name: z.string(),
  requested_activation_epoch: z.int(),
  requested_num_active_epochs: z.int(),
  activation_epoch: z.int(),
  num_active_epochs: z.int(),
  prf_key: byteString,
  parameter: words,
  public_key: publicKey,
  left_bottom_tree_index: z.int(),
  left_bottom_tree_layers: z.array(treeLayer),
  right_bottom_tree_layers: z.array(treeLayer),
  top_tree_layers: z.array(treeLayer),
  prepared_interval_start: z.int(),
  prepared_interval_stop: z.int(),
  signatures: z.array(signed),
  advance_preparation_calls: z.array(
    z.object({
      before_epoch: z.int(),
      left_bottom_tree_index: z.int(),
      prepared_start: z.int(),
      prepared_stop: z.int(),
      new_right_root: words,
    }),
  ),
})

type Vector = z.output<typeof keySchema>

/** Whole keys: made again from their secrets, every tree compared, then used to the end of their lives. */
export const testKeysRunner: Runner = {
  kind: 'xmss whole keys',
  recognises: ({ json }) =>
    hasKeys(json, 'keys') && Array.isArray(json.keys) && hasKeys(json.keys[0], 'advance_preparation_calls'),
  run: async ({ json }) => {
    const { keys } = readFields(z.looseObject({ keys: z.array(keySchema) }), json)
    const cases: CaseResult[] = []
    for (const vector of keys) {
      const scheme = schemeOf(json, vector.signatures[0]?.codeword?.length ?? 0)
      const secretKey = await makeKey(scheme, vector)
      cases.push(checkCase(`${vector.name}, trees`, () => treesDifference(vector, secretKey)))
      cases.push(await usedUp(scheme, vector, secretKey))
      const secret = { prfKey: vector.prf_key, parameter: vector.parameter }
      for (const [index, signature] of vector.signatures.entries()) {
        const name = `${vector.name}, signatures[${index}]`
        for (const { name: part, check } of signatureChecks(
          name,
          scheme,
          vector.public_key,
          secret,
          signature,
        )) {
          cases.push(checkCase(part, check))
        }
      }
    }
    return { cases }
  },
}

/** The key by the package's own steps, with the padding that the file's top tree has. */
async function makeKey(scheme: Scheme, vector: Vector): Promise<SecretKey> {
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const start = vector.activation_epoch / leaves
  const count = vector.num_active_epochs / leaves
  const trees: SubTree[] = []
  for (let index = 0; index < count; index++) {
    const tree = await computeBottomTree(scheme, vector.prf_key, vector.parameter, start + index)
    if (!tree.ok) throw new Error(tree.error.message)
    trees.push(tree.value)
  }
  const plan = {
    scheme,
    trees: { start, end: start + count },
    prfKey: vector.prf_key,
    parameter: vector.parameter,
    padding: (layer: number, side: 'left' | 'right') => {
      const { nodes } = vector.top_tree_layers[layer - scheme.logBottomTreeLeaves]!
      return (side === 'left' ? nodes[0] : nodes.at(-1))!
    },
  }
  return finishKey(plan, join(trees.map(rootOf)), trees[0]!, trees[1]!).secretKey
}

function treesDifference(vector: Vector, secretKey: SecretKey): string | undefined {
  const expected = {
    activation: vector.activation_epoch,
    count: vector.num_active_epochs,
    left: stored(vector.left_bottom_tree_layers),
    right: stored(vector.right_bottom_tree_layers),
    top: stored(vector.top_tree_layers),
    root: plain(vector.public_key.root),
  }
  const actual = {
    activation: secretKey.activationEpoch,
    count: secretKey.numActiveEpochs,
    left: built(secretKey.leftBottomTree),
    right: built(secretKey.rightBottomTree),
    top: built(secretKey.topTree),
    root: plain(rootOf(secretKey.topTree)),
  }
  return difference('key', expected, actual)
}

const stored = (layers: readonly z.output<typeof treeLayer>[]) =>
  layers.map(({ start_index, nodes }) => ({ start: start_index, nodes: plain(join(nodes)) }))

const built = ({ layers }: SubTree) =>
  layers.map(({ startIndex, nodes }) => ({ start: startIndex, nodes: plain(nodes) }))

/** Signs everything in order, moving the window on where the file did. */
async function usedUp(scheme: Scheme, vector: Vector, fresh: SecretKey): Promise<CaseResult> {
  const name = `${vector.name}, sign and advance`
  const calls = [...vector.advance_preparation_calls]
  let key = fresh
  const prepared = () => preparedRange(scheme, key)
  let found = difference(
    'prepared',
    [vector.prepared_interval_start, vector.prepared_interval_stop],
    Object.values(prepared()),
  )
  for (const [index, { epoch, message, signature: bytes, valid }] of vector.signatures.entries()) {
    if (!valid) continue
    while (found === undefined && calls[0] !== undefined && calls[0].before_epoch <= epoch) {
      const call = calls.shift()!
      const next = await advancePreparation(scheme, key)
      if (!next.ok) return { name, failure: next.error.message }
      key = next.value
      const expected = [
        call.left_bottom_tree_index,
        call.prepared_start,
        call.prepared_stop,
        plain(call.new_right_root),
      ]
      const { start, end } = prepared()
      const actual = [key.leftBottomTreeIndex, start, end, plain(rootOf(key.rightBottomTree))]
      found = difference(`before epoch ${epoch}`, expected, actual)
    }
    if (found !== undefined) return { name, failure: found }
    const signature = sign(scheme, key, epoch, message)
    if (!signature.ok) return { name, failure: `signatures[${index}]: ${signature.error.message}` }
    const padded = new Uint8Array(3116)
    padded.set(bytes)
    const expected = decodeSignature(scheme, padded, 'padded')
    found = difference(
      `signatures[${index}]`,
      expected.ok && plainSignature(expected.value),
      plainSignature(signature.value),
    )
  }
  found ??= difference('calls of advance_preparation left', 0, calls.length)
  const last = await advancePreparation(scheme, key)
  return { name, failure: found ?? difference('moved beyond the end', true, last.ok && last.value === key) }
}

const plainSignature = (signature: object) =>
  Object.fromEntries(Object.entries(signature).map(([part, value]) => [part, plain(value)]))
