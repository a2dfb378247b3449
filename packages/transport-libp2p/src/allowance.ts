/** So much per second, and after a rest so much at once. */
export class Allowance {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #refilledAt: number

  /** @param now milliseconds by a clock that never goes back, as in every other call */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#left = burst
    this.#refilledAt = now
  }

  /** Takes the amount; false, and nothing taken, when there is not as much left. */
  take(amount: number, now: number): boolean {
    const refill = ((now - this.#refilledAt) / 1000) * this.#perSecond
    this.#left = Math.min(this.#burst, this.#left + refill)
    this.#refilledAt = now
    if (amount > this.#left) return false
    this.#left -= amount
    return true
  }
}
