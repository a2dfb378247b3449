/** A set of small non-negative integers, one bit each. */
export class IndexSet {
  #words = new Uint32Array(8)

  has(index: number): boolean {
    return ((this.#words[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0
  }

  add(index: number): void {
    const word = index >>> 5
    if (word >= this.#words.length) this.#grow(word + 1)
    this.#words[word]! |= 1 << (index & 31)
  }

  delete(index: number): void {
    const word = index >>> 5
    if (word < this.#words.length) this.#words[word]! &= ~(1 << (index & 31))
  }

  #grow(words: number): void {
    const grown = new Uint32Array(Math.max(words, this.#words.length * 2))
    grown.set(this.#words)
    this.#words = grown
  }
}
