import {
  createActorSystem,
  defineLanes,
  type FailureReport,
  type Journal,
  type Reply,
  VirtualScheduler,
} from '../../src/index.ts'

/** A small protocol for tests: two lanes by rank, a lossy one, a question, and results of jobs. */
export type CounterMessage =
  | { readonly type: 'add'; readonly amount: number }
  | { readonly type: 'fail'; readonly text: string }
  | { readonly type: 'urgent'; readonly number: number }
  | { readonly type: 'sample'; readonly number: number }
  | { readonly type: 'getSum'; readonly reply: Reply<number> }
  | { readonly type: 'jobDone'; readonly id: number; readonly result: string }

export const counterLanes = defineLanes<CounterMessage>()({
  lanes: {
    urgent: { rank: 0, capacity: 4, whenFull: 'refuse' },
    results: { rank: 1, capacity: 3, whenFull: 'refuse' },
    work: { rank: 2, capacity: 100, whenFull: 'refuse' },
    samples: { rank: 3, capacity: 3, whenFull: 'dropOldest' },
  },
  laneOf: {
    urgent: 'urgent',
    jobDone: 'results',
    add: 'work',
    fail: 'work',
    getSum: 'work',
    sample: 'samples',
  },
})

/** A system on virtual time that keeps its failure reports. */
export function createTestSystem(journal?: Journal) {
  const scheduler = new VirtualScheduler()
  const failures: FailureReport[] = []
  const system = createActorSystem({
    name: 'test',
    scheduler,
    ...(journal && { journal }),
    onFailure: (report) => void failures.push(report),
  })
  return { scheduler, system, failures }
}
