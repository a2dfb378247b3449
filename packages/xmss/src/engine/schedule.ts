import { LANES } from './engine.ts'

/**
 * Packs chains of different lengths into calls of four lanes: longest first, each lane taking the next chain when
 * its own is done. Writes four slot indices per call (`idle` where a lane has nothing left) and gives the number of
 * calls.
 */
export function scheduleChains(steps: Uint8Array, idle: number, schedule: Uint32Array): number {
  const order = longestFirst(steps)
  const slots = new Uint32Array(LANES).fill(idle)
  const left = new Uint8Array(LANES)
  let next = 0
  for (let call = 0; ; call++) {
    let isBusy = false
    for (let lane = 0; lane < LANES; lane++) {
      if (left[lane] === 0) {
        const slot = next < order.length ? order[next++]! : idle
        slots[lane] = slot
        left[lane] = slot === idle ? 0 : steps[slot]!
      }
      if (left[lane]! > 0) {
        left[lane]!--
        isBusy = true
      }
      schedule[LANES * call + lane] = slots[lane]!
    }
    if (!isBusy) return call
  }
}

/** Indices of the chains that have steps to go, by falling number of steps. */
function longestFirst(steps: Uint8Array): Uint32Array {
  const starts = new Uint32Array(257)
  for (let index = 0; index < steps.length; index++) starts[steps[index]!]!++
  let total = 0
  for (let count = 255; count > 0; count--) {
    const here = starts[count]!
    starts[count] = total
    total += here
  }
  const order = new Uint32Array(total)
  for (let index = 0; index < steps.length; index++) {
    const count = steps[index]!
    if (count > 0) order[starts[count]!++] = index
  }
  return order
}
