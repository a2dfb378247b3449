import { type Body, type Expression, i32x4, v128 } from './wat.ts'

/** Four rows of four words to four columns: element i of row j becomes lane j of vector i. Its own inverse. */
export function transpose(body: Body, rows: readonly Expression[]): Expression[] {
  const [a, b, c, d] = rows as [Expression, Expression, Expression, Expression]
  const abLow = body.let(i32x4.shuffle(a, b, [0, 4, 1, 5]))
  const abHigh = body.let(i32x4.shuffle(a, b, [2, 6, 3, 7]))
  const cdLow = body.let(i32x4.shuffle(c, d, [0, 4, 1, 5]))
  const cdHigh = body.let(i32x4.shuffle(c, d, [2, 6, 3, 7]))
  return [
    i32x4.shuffle(abLow, cdLow, [0, 1, 4, 5]),
    i32x4.shuffle(abLow, cdLow, [2, 3, 6, 7]),
    i32x4.shuffle(abHigh, cdHigh, [0, 1, 4, 5]),
    i32x4.shuffle(abHigh, cdHigh, [2, 3, 6, 7]),
  ]
}

/** Loads `blocks` times four words from each of four addresses and stores them side by side. */
export function gather(body: Body, from: readonly Expression[], to: Expression, blocks: number): void {
  for (let block = 0; block < blocks; block++) {
    body.scope(() => {
      const rows = from.map((address) => body.let(v128.load(address, 16 * block)))
      transpose(body, rows).forEach((vector, index) => {
        body.store(to, vector, 64 * block + 16 * index)
      })
    })
  }
}

/** The way back: vectors side by side to four addresses. */
export function scatter(body: Body, from: Expression, to: readonly Expression[], blocks: number): void {
  for (let block = 0; block < blocks; block++) {
    body.scope(() => {
      const vectors = [0, 1, 2, 3].map((index) => body.let(v128.load(from, 64 * block + 16 * index)))
      transpose(body, vectors).forEach((row, index) => {
        body.store(to[index]!, row, 16 * block)
      })
    })
  }
}
