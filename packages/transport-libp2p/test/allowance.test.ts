import { expect, it } from 'vitest'
import { Allowance } from '../src/allowance.ts'

it('gives a burst, then so much per second, and saves no more than the burst', () => {
  const allowance = new Allowance(10, 30, 0)
  const taken = (now: number) => {
    let count = 0
    while (allowance.take(1, now)) count += 1
    return count
  }
  expect(taken(0)).toBe(30)
  expect(taken(99)).toBe(0)
  expect(taken(100)).toBe(1)
  expect(taken(1100)).toBe(10)
  expect(taken(1_000_000)).toBe(30)
})

it('takes nothing of what it cannot give', () => {
  const allowance = new Allowance(1, 10, 0)
  expect(allowance.take(11, 0)).toBe(false)
  expect(allowance.take(10, 0)).toBe(true)
  expect(allowance.take(1, 0)).toBe(false)
})
