import { describe, expect, it } from 'vitest'
import { EpochGuard } from '../src/epochGuard.ts'

const key = (first: number) => new Uint8Array(52).fill(first)
const message = (first: number) => new Uint8Array(32).fill(first)

describe('the guard of epochs', () => {
  it('lets every key sign ever later epochs, and the same message again', () => {
    const guard = new EpochGuard()
    for (const epoch of [0, 1, 5, 5]) {
      expect(guard.note(key(1), epoch, message(epoch))).toBeUndefined()
      expect(guard.note(key(2), epoch, message(9))).toBeUndefined()
    }
  })

  it('notices two messages at one epoch, with other bytes objects of the same key too', () => {
    const guard = new EpochGuard()
    guard.note(key(1), 7, message(1))
    expect(guard.note(key(1), 7, message(2))).toBe(
      `key 0x0101010101010101 signed two messages at epoch 7: 0x${'01'.repeat(32)} and 0x${'02'.repeat(32)}`,
    )
  })

  it('notices an epoch that comes after a later one', () => {
    const guard = new EpochGuard()
    guard.note(key(3), 7, message(1))
    expect(guard.note(key(3), 6, message(1))).toBe('key 0x0303030303030303 signed at epoch 6 after epoch 7')
  })
})
