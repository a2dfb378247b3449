import { Ring } from './ring.ts'
import type { Runnable, Scheduler, Timer } from './scheduler.ts'
import { runInNextTurn } from './systemTurn.ts'

/** How long the actors may go on before input and output get a turn. */
const TURN_MILLISECONDS = 8

/** setTimeout cannot wait longer than this. */
const LONGEST_TIMEOUT = 2 ** 31 - 1

/** The real time of the machine. The only place, with the other system files here, that reads its clocks. */
export function createSystemScheduler(): Scheduler {
  const ready = new Ring<Runnable>()
  let isTurnComing = false

  const turn = () => {
    const end = performance.now() + TURN_MILLISECONDS
    try {
      for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
        next.run()
        if (performance.now() >= end) break
      }
    } finally {
      isTurnComing = ready.size > 0
      if (isTurnComing) runInNextTurn(turn)
    }
  }

  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: startTimer,
    enqueue: (runnable) => {
      ready.push(runnable)
      if (isTurnComing) return
      isTurnComing = true
      runInNextTurn(turn)
    },
    external: (work, _modelledMilliseconds, deliver) => {
      work.then(
        (value) => deliver({ ok: true, value }),
        (error: unknown) => deliver({ ok: false, error }),
      )
    },
  }
}

function startTimer(milliseconds: number, task: () => void): Timer {
  const end = performance.now() + milliseconds
  let handle: ReturnType<typeof setTimeout>
  const arm = () => {
    const remaining = end - performance.now()
    handle = setTimeout(
      () => (end - performance.now() > LONGEST_TIMEOUT / 2 ? arm() : task()),
      Math.min(Math.max(0, Math.ceil(remaining)), LONGEST_TIMEOUT),
    )
  }
  arm()
  return { cancel: () => clearTimeout(handle) }
}
