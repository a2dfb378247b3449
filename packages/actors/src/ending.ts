import { notePromiseActivity } from './promiseActivity.ts'

/** How an actor ended: whether it handled everything it had accepted, and how many messages it did not. */
export type StopReport = { readonly actor: string; readonly drained: boolean; readonly discarded: number }

/** The end of an actor, for those who wait for it. */
export class Ending {
  #report: StopReport | undefined
  readonly #waiting: ((report: StopReport) => void)[] = []

  /** Calls back with the report, at once if the actor has ended already. */
  whenReached(act: (report: StopReport) => void): void {
    if (this.#report === undefined) this.#waiting.push(act)
    else act(this.#report)
  }

  wait(): Promise<StopReport> {
    return new Promise((resolve) => this.whenReached(resolve))
  }

  reach(report: StopReport): void {
    this.#report = report
    notePromiseActivity()
    for (const act of this.#waiting.splice(0)) act(report)
  }
}
