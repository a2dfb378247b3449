/**
 * Counts the moments at which code behind an `await` may have become ready to go on. The virtual scheduler lets all
 * promise reactions finish before it moves on, and this count tells it when there can be any; without it every step
 * would have to pay for a turn of the event loop.
 */
let count = 0

export function notePromiseActivity(): void {
  count += 1
}

export function promiseActivity(): number {
  return count
}
