import type { StoreStep } from '@trine/chain'
import { blockRoot } from '@trine/state-transition'
import type { Attestation } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { createGenesis } from '../src/genesis.ts'
import {
  createSignatureKit,
  DEFAULT_SCENARIO,
  simulate,
  VectorRecorder,
  type VectorStep,
} from '../src/index.ts'
import { StoreMirror } from '../src/storeMirror.ts'
import { scenarioOf } from './support/scenarios.ts'

const kit = await createSignatureKit({ ...DEFAULT_SCENARIO, signatures: 'none', validators: 4 })
const { anchor, timing } = createGenesis(kit.publicKeys)
const root = blockRoot(anchor.block)

function vote(validatorIndex: number, slot: number): StoreStep {
  const checkpoint = { root, slot: 0 }
  const message: Attestation = {
    validatorIndex,
    data: { slot, head: checkpoint, target: checkpoint, source: checkpoint },
  }
  return { type: 'attestation', signedAttestation: { message, signature: new Uint8Array(0) } }
}

const tick = (time: number): StoreStep => ({ type: 'tick', time })
const ACCEPTANCE: StoreStep = { type: 'acceptance' }

function record(...steps: StoreStep[]) {
  const recorder = new VectorRecorder('a test')
  recorder.take({ type: 'anchor', anchor })
  for (const step of steps) recorder.take(step)
  return { recorder, steps: recorder.vector()!.steps }
}

const shortForm = (step: VectorStep) =>
  step.type === 'tick'
    ? `${step.time - timing.genesisTime / 1000}${step.hasProposal ? ' proposal' : ''}`
    : step.type

const votesIn = (votes: Readonly<Record<string, string>>) => Object.keys(votes)

describe('a vector of a node', () => {
  it('is nothing before the first step', () => {
    expect(new VectorRecorder('').vector()).toBeUndefined()
    expect(record().steps).toEqual([])
  })

  it('has a proposer accept votes by the tick of its slot', () => {
    const { steps, recorder } = record(tick(5), vote(1, 1), tick(8), ACCEPTANCE, tick(9))
    expect(steps.map(shortForm)).toEqual(['5', 'attestation', '8 proposal', '9'])
    expect(steps.map(({ store }) => [votesIn(store.known), votesIn(store.new)])).toEqual([
      [[], []],
      [[], ['1']],
      [['1'], []],
      [['1'], []],
    ])
    expect(recorder.acceptancesLeftOut).toBe(0)
  })

  it('puts before the tick what was taken between it and the acceptance', () => {
    const { steps, recorder } = record(tick(7), tick(8), vote(1, 1), vote(2, 0), ACCEPTANCE)
    expect(steps.map(shortForm)).toEqual(['7', 'attestation', 'attestation', '8 proposal'])
    expect(votesIn(steps[3]!.store.known)).toEqual(['1', '2'])
    expect(recorder.acceptancesLeftOut).toBe(0)
  })

  it('leaves an acceptance out that no tick can stand for, and counts it', () => {
    const tooNew = record(tick(8), vote(1, 2), ACCEPTANCE, tick(11))
    expect(tooNew.steps.map(shortForm)).toEqual(['8', 'attestation', '11'])
    expect(votesIn(tooNew.steps[1]!.store.new)).toEqual(['1'])
    expect(votesIn(tooNew.steps[2]!.store.known)).toEqual(['1'])
    expect(tooNew.recorder.acceptancesLeftOut).toBe(1)
    const afterSleep = record(tick(8), vote(1, 1), ACCEPTANCE)
    expect(afterSleep.recorder.acceptancesLeftOut).toBe(1)
    const tooLate = record(tick(8), tick(9), vote(1, 2), ACCEPTANCE)
    expect(tooLate.recorder.acceptancesLeftOut).toBe(1)
    // The second of one slot finds nothing to accept: nothing is left out.
    const twice = record(vote(1, 0), tick(8), ACCEPTANCE, ACCEPTANCE)
    expect(twice.recorder.acceptancesLeftOut).toBe(0)
    expect(twice.steps.map(shortForm)).toEqual(['attestation', '8 proposal'])
  })

  it('begins anew where the store did', () => {
    const { steps, recorder } = record(tick(8), vote(1, 1), { type: 'anchor', anchor }, tick(4))
    expect(steps.map(shortForm)).toEqual(['4'])
    expect(recorder.restarts).toBe(1)
  })

  it('ends as the store that it was taken from, with next to nothing left out', async () => {
    const scenario = scenarioOf(`
nodes: 4
validators: 7
slots: 16
signatures: none
link: { latency: { maximum: 900, skew: 2 }, loss: 0.1 }
`)
    const [recorder, mirror] = [new VectorRecorder(''), new StoreMirror()]
    let acceptances = 0
    await simulate(scenario, {
      onStoreStep: (node, step) => {
        if (node !== 2) return
        recorder.take(step)
        mirror.take(step)
        if (step.type === 'acceptance') acceptances += 1
      },
    })
    const steps = recorder.vector()!.steps
    const proposals = steps.filter((step) => step.type === 'tick' && step.hasProposal).length
    expect(acceptances).toBeGreaterThan(2)
    expect(proposals + recorder.acceptancesLeftOut).toBe(acceptances)
    expect(recorder.acceptancesLeftOut).toBe(0)
    const { store } = steps.at(-1)!
    expect(store.time).toBe(mirror.store!.time)
    expect(votesIn(store.known)).toEqual([...mirror.store!.latestKnownAttestations.keys()].map(String).sort())
  })
})

describe('a mirror of a store', () => {
  it('says when it comes apart from what it follows', () => {
    const mirror = new StoreMirror()
    expect(() => mirror.take(tick(1))).toThrow('expected an anchor first, got tick')
    mirror.take({ type: 'anchor', anchor })
    expect(() => mirror.take(vote(1, 5))).toThrow('attestation: ATTESTATION_TOO_FAR_IN_FUTURE')
  })
})
