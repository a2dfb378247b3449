import { HASH_LENGTH, PARAMETER_LENGTH } from '../src/constants.ts'
import { storeTweak } from './chains.ts'
import { ADDRESS } from './layout.ts'
import { type Body, type Expression, i32, i64, v128, wasmFunction } from './wat.ts'

const STATE_BYTES = 96
const DIGEST_BYTES = 4 * HASH_LENGTH
const PARAMETER_BYTES = 4 * PARAMETER_LENGTH

/** Writes the input of a tree hash: parameter 5 | tweak 2 | left 8 | right 8 | zero. All canonical. */
function storeNodeInput(
  body: Body,
  state: Expression,
  node: { parameter: Expression; level: Expression; index: Expression; left: Expression; right: Expression },
): void {
  body.copy(state, node.parameter, 1)
  body.store32(state, i32.load(node.parameter, 16), 16)
  // level << 40 | index << 8 | 1, level and index being the parent's.
  const level = i64.shl(i64.extend(node.level), i64.const(40))
  const index = i64.shl(i64.extend(node.index), i64.const(8))
  storeTweak(body, state, body.let(i64.or(i64.or(level, index), i64.const(1)), 'i64'), PARAMETER_BYTES)
  body.copy(i32.add(state, i32.const(PARAMETER_BYTES + 8)), node.left, 2)
  body.copy(i32.add(state, i32.const(PARAMETER_BYTES + 8 + DIGEST_BYTES)), node.right, 2)
  body.store32(state, i32.const(0), STATE_BYTES - 4)
}

const laneState = (lane: Expression): Expression =>
  i32.add(i32.const(ADDRESS.states), i32.mul(lane, i32.const(STATE_BYTES)))

/**
 * `(parameter, level, index, nodes, count, parents, tables)`: the parents of 2 * count canonical digests that follow
 * one another; the first parent has the given level and index. Works on four at a time and so reads, and writes
 * over, up to three parents' worth beyond the end.
 */
export function parents(): string {
  const parameters = ['parameter', 'level', 'index', 'nodes', 'count', 'parents', 'tables']
  return wasmFunction('parents', parameters, (body, ...values) => {
    const [parameter, level, index, nodes, count, results, tables] = values
    const groups = i32.shrU(i32.add(count!, i32.const(3)), i32.const(2))
    body.loop('group', body.set('groups', groups, 'i32'), (group) => {
      const first = body.set('first', i32.shl(group, i32.const(2)), 'i32')
      const result = (lane: Expression) =>
        i32.add(results!, i32.mul(i32.add(first, lane), i32.const(DIGEST_BYTES)))
      body.loop('lane', i32.const(4), (lane) => {
        const position = body.set('position', i32.add(first, lane), 'i32')
        const left = body.set('left', i32.add(nodes!, i32.mul(position, i32.const(2 * DIGEST_BYTES))), 'i32')
        const right = i32.add(left, i32.const(DIGEST_BYTES))
        const state = body.set('state', laneState(lane), 'i32')
        const node = { parameter: parameter!, level: level!, index: i32.add(index!, position), left, right }
        body.scope(() => storeNodeInput(body, state, node))
      })
      body.call('compressStates', i32.const(ADDRESS.states), i32.const(4), tables!)
      body.loop('done', i32.const(4), (lane) => body.copy(result(lane), laneState(lane), 2))
    })
  })
}

/**
 * `(nodes, paths, pathBytes, levels, epochs, parameters, lanes, tables)`: climbs from one leaf or four to their
 * roots, in place. Lane j has its digest at nodes + 32j, its siblings at paths + j * pathBytes, its epoch (a word) at
 * epochs + 4j and its parameter at parameters + 20j. All canonical.
 */
export function climb(): string {
  const parameters = ['nodes', 'paths', 'pathBytes', 'levels', 'epochs', 'parameters', 'lanes', 'tables']
  return wasmFunction('climb', parameters, (body, ...values) => {
    const [nodes, paths, pathBytes, levels, epochs, keys, lanes, tables] = values
    const nodeOf = (lane: Expression) => i32.add(nodes!, i32.mul(lane, i32.const(DIGEST_BYTES)))
    body.loop('below', levels!, (below) => {
      const level = body.set('level', i32.add(below, i32.const(1)), 'i32')
      body.loop('lane', lanes!, (lane) => {
        const epoch = i32.load(i32.add(epochs!, i32.shl(lane, i32.const(2))))
        const position = body.set('position', i32.shrU(epoch, below), 'i32')
        const node = body.set('node', nodeOf(lane), 'i32')
        const path = i32.add(paths!, i32.mul(lane, pathBytes!))
        const sibling = body.set('sibling', i32.add(path, i32.mul(below, i32.const(DIGEST_BYTES))), 'i32')
        const isRight = i32.and(position, i32.const(1))
        const pick = (whenRight: Expression, whenLeft: Expression) =>
          `(select ${whenRight} ${whenLeft} ${isRight})`
        const state = body.set('state', laneState(lane), 'i32')
        const input = {
          parameter: i32.add(keys!, i32.mul(lane, i32.const(PARAMETER_BYTES))),
          level,
          index: i32.shrU(position, i32.const(1)),
          left: body.set('left', pick(sibling, node), 'i32'),
          right: body.set('right', pick(node, sibling), 'i32'),
        }
        body.scope(() => storeNodeInput(body, state, input))
      })
      body.call('compressStates', i32.const(ADDRESS.states), lanes!, tables!)
      body.loop('done', lanes!, (lane) => body.copy(nodeOf(lane), laneState(lane), 2))
    })
  })
}

/**
 * `(messages, messageBytes, blocks, capacity, lanes, leaves, tables)`: the leaf sponge of one message or four.
 * Messages are Montgomery forms in whole blocks of 15, lane j's at messages + j * messageBytes, with a readable word
 * after the last. `capacity`: 9 Montgomery forms. Leaves are canonical digests that follow one another.
 */
export function hashLeaves(): string {
  const parameters = ['messages', 'messageBytes', 'blocks', 'capacity', 'lanes', 'leaves', 'tables']
  return wasmFunction('hashLeaves', parameters, (body, ...values) => {
    const [messages, messageBytes, blocks, capacity, lanes, leaves, tables] = values
    const states = i32.const(ADDRESS.states)
    const p = '(i32x4.splat (i32.const 2130706433))'
    body.loop('start', lanes!, (lane) => {
      const state = body.set('state', laneState(lane), 'i32')
      for (let index = 0; index < 4; index++) body.store(state, v128.const32(0), 16 * index)
      body.copy(i32.add(state, i32.const(60)), capacity!, 2)
      body.store32(state, i32.load(capacity!, 32), 92)
    })
    body.loop('block', blocks!, (block) => {
      body.loop('lane', lanes!, (lane) => {
        const state = body.set('state', laneState(lane), 'i32')
        const message = i32.add(messages!, i32.mul(lane, messageBytes!))
        const input = body.set('input', i32.add(message, i32.mul(block, i32.const(60))), 'i32')
        for (let index = 0; index < 4; index++) {
          body.scope(() => {
            const words = v128.load(input, 16 * index)
            const added = index < 3 ? words : v128.and(words, v128.const32(-1, -1, -1, 0))
            const sum = body.let(`(i32x4.add ${v128.load(state, 16 * index)} ${added})`)
            body.store(state, `(i32x4.min_u ${sum} (i32x4.sub ${sum} ${p}))`, 16 * index)
          })
        }
      })
      body.call('permuteStates', states, lanes!, tables!)
    })
    body.loop('done', lanes!, (lane) => {
      const leaf = body.set('leaf', i32.add(leaves!, i32.mul(lane, i32.const(DIGEST_BYTES))), 'i32')
      body.copy(leaf, laneState(lane), 2)
    })
    body.call('fromMontgomery', leaves!, i32.shl(lanes!, i32.const(1)))
  })
}
