/**
 * What the virtual scheduler must know about promises. Their reactions run outside of its turns; before it moves on it
 * lets all that are possible finish, which costs a turn of the event loop. These counts tell when there can be any, so
 * that a run without promises never pays.
 */
let activity = 0
let openAwaits = 0

/** A promise of the runtime was settled, or code that may await something was called. */
export function notePromiseActivity(): void {
  activity += 1
}

export function promiseActivity(): number {
  return activity
}

/** Code is suspended at an `await` whose promise may be settled by anything: by a timer, say. */
export function beginAwait(): void {
  activity += 1
  openAwaits += 1
}

export function endAwait(): void {
  openAwaits -= 1
}

export function hasOpenAwaits(): boolean {
  return openAwaits > 0
}
