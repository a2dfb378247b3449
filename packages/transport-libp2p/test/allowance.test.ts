import { VirtualScheduler } from '@trine/actors'
import { signedTypesFor } from '@trine/types'
import { expect, it } from 'vitest'
import { Allowance } from '../src/allowance.ts'
import { defaultTransportLimits } from '../src/options.ts'
import { Traffic } from '../src/traffic.ts'

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

it('leaves a peer room for the votes of 4096 validators at once and the largest block of every slot', async () => {
  const scheduler = new VirtualScheduler()
  let refused = 0
  const traffic = new Traffic(scheduler, defaultTransportLimits, (count) => {
    refused += count
    return true
  })
  const { signedBlockWithAttestationType, signedAttestationType } = signedTypesFor('padded')
  for (let slot = 0; slot < 100; slot++) {
    traffic.admitGossip(signedBlockWithAttestationType.maxSize)
    await scheduler.advance(1000)
    for (let validator = 0; validator < 4096; validator++) {
      traffic.admitGossip(signedAttestationType.maxSize)
    }
    await scheduler.advance(3000)
  }
  expect([refused, traffic.figures().gossipRefused]).toEqual([0, 0])
})
