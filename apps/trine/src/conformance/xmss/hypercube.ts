import { production } from '@trine/xmss'
import { Hypercube } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { plain } from './engines.ts'
import { bigHex } from './fields.ts'
import { xmssRunner } from './kind.ts'

const schema = z.looseObject({
  base: z.int(),
  dimension: z.int(),
  final_layer: z.int(),
  target_sum: z.int(),
  target_layer: z.int(),
  domain_size: bigHex,
  layer_sizes: z.array(bigHex),
  part_sizes: z.array(bigHex),
  find_layer: z.array(z.object({ x: bigHex, layer: z.int(), offset: bigHex })),
  map_to_vertex: z.array(z.looseObject({ layer: z.int(), offset: bigHex, vertex: z.array(z.int()) })),
})

/** Layers of the hypercube, and numbers mapped to layers and vertices. */
export const hypercubeRunner = xmssRunner(
  'hypercube',
  ['layer_sizes', 'find_layer', 'map_to_vertex'],
  schema,
  function* (file) {
    const { base, dimension, final_layer: finalLayer, target_sum: targetSum } = file
    const cube = new Hypercube({ ...production, base, dimension, finalLayer, targetSum })
    const layerOf = (x: bigint) => {
      const { layer, offset } = cube.findLayer(cube.toLimbs(x))
      return { layer, offset: plain([...offset]) }
    }
    const limbs = (x: bigint) => [...cube.toLimbs(x)]
    yield {
      name: 'target layer',
      check: () => difference('layer', file.target_layer, (base - 1) * dimension - targetSum),
    }
    for (const [layer, size] of file.layer_sizes.entries()) {
      const end = file.part_sizes[layer]!
      yield {
        name: `layer_sizes[${layer}]`,
        check: () =>
          difference('first of the layer', { layer, offset: limbs(0n) }, layerOf(end - size)) ??
          difference('last of the layer', { layer, offset: limbs(size - 1n) }, layerOf(end - 1n)),
      }
    }
    yield { name: 'domain_size', check: () => difference('domain', file.domain_size, file.part_sizes.at(-1)) }
    for (const [index, { x, layer, offset }] of file.find_layer.entries()) {
      yield {
        name: `find_layer[${index}]`,
        check: () => difference('place', { layer, offset: limbs(offset) }, layerOf(x)),
      }
    }
    for (const [index, { layer, offset, vertex }] of file.map_to_vertex.entries()) {
      yield {
        name: `map_to_vertex[${index}]`,
        check: () => difference('vertex', vertex, plain(cube.vertex(layer, cube.toLimbs(offset)))),
      }
    }
  },
)
