import { Delivery, type ItemKind, type Variant } from '../delivery.ts'
import { PythonRandom } from '../pythonRandom.ts'
import type { Scenario } from '../scenario.ts'
import type { Block, Vote } from './consensus.ts'
import type { Staker } from './staker.ts'

export type Item = Block | Vote

/** The simulated network of the model (3sf-mini `p2p.py`): one list of (arrival, item) per recipient. */
export class Network {
  clock = 0
  readonly scenario: Scenario
  readonly stakers: Staker[] = []
  readonly #delivery: Delivery
  readonly #queues: { arrival: number; item: Item }[][]

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.#delivery = new Delivery(scenario, new PythonRandom(scenario.seed))
    this.#queues = Array.from({ length: scenario.stakers }, () => [])
  }

  isOnline(staker: number): boolean {
    return this.#delivery.isOnline(staker, this.clock)
  }

  equivocates(staker: number, kind: ItemKind): boolean {
    return this.#delivery.equivocates(staker, this.clock, kind)
  }

  submit(item: Item, sender: number, variant: Variant): void {
    const kind = 'validator_id' in item ? 'votes' : 'blocks'
    for (let recipient = 0; recipient < this.stakers.length; recipient++) {
      if (recipient === sender) continue
      const arrival = this.#delivery.arrival(sender, recipient, this.clock, kind, variant)
      this.#queues[recipient]!.push({ arrival, item })
    }
  }

  /** Advances the clock by one and hands over what has arrived, in the order in which it was sent. */
  step(): void {
    this.clock += 1
    for (const [recipient, queue] of this.#queues.entries()) {
      if (!this.isOnline(recipient)) continue
      this.#queues[recipient] = queue.filter(({ arrival }) => arrival > this.clock)
      for (const { arrival, item } of queue) if (arrival <= this.clock) this.stakers[recipient]!.receive(item)
    }
  }
}
