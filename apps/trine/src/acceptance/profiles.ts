import { setClock } from './clockStep.ts'
import { fillDisk } from './diskStep.ts'
import { kill, partition, quiet, restart, restore, type Step, suspend, wipe } from './steps.ts'

export type Profile = {
  /** Rounds are begun until this slot; one at least. */
  readonly untilSlot: number
  /** Slots without trouble at both ends of a round. */
  readonly quietSlots: number
  /** Slots that a partition and a suspension last, and that a clock is wrong and a disk full. */
  readonly longSlots: number
  /** Slots that the keys can sign for: of all rounds, and some to recover. */
  readonly activeEpochs: number
}

export const PROFILES: Readonly<Record<string, Profile>> = {
  /** One round, about eight minutes. */
  short: { untilSlot: 1, quietSlots: 4, longSlots: 4, activeEpochs: 2048 },
  /** Two hours. */
  long: { untilSlot: 1800, quietSlots: 60, longSlots: 30, activeEpochs: 8192 },
}

/** What happens in a round, one after another; each round hits other nodes. */
export function stepsOf({ quietSlots, longSlots }: Profile, round: number, nodes: number): Step[] {
  const at = (position: number) => (round + position) % nodes
  return [
    quiet(quietSlots),
    restart(at(1)),
    kill(at(2)),
    wipe(at(3), 'sync'),
    wipe(at(0), 'checkpoint'),
    partition(longSlots),
    suspend(at(1), longSlots),
    restore(at(2)),
    // By a slot forward, in the next round back by less than one.
    setClock(at(3), round % 2 === 0 ? 4000 : -1500, longSlots),
    fillDisk(at(0), longSlots),
    quiet(quietSlots),
  ]
}
