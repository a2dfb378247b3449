import { beforeAll, describe, expect, it } from 'vitest'
import { explainFinality, type FinalityExplanation } from '../src/model/explainFinality.ts'
import { Player } from '../src/recording/player.ts'
import { recordScenario } from './support/recordScenario.ts'
import { SPLIT_VOTES } from './support/splitVotes.ts'

/** The explanation of a node at the end of a slot. */
function explainAt(player: Player, node: number, slot: number): FinalityExplanation {
  return explainFinality(player.modelAt(node, slot * 4 + 3))
}

/** The first slot at whose end the node holds `finalized` to be final. */
function finalizedIn(player: Player, node: number, finalized: number): number {
  for (let slot = 0; ; slot++) {
    if ((player.modelAt(node, slot * 4 + 3).finalized?.slot ?? 0) >= finalized) return slot
  }
}

describe('votes missing', () => {
  let player: Player
  beforeAll(async () => {
    player = new Player(await recordScenario('more-than-a-third-offline.yaml'))
  })

  it('says how many votes there are, how many are needed, and who is silent since when', () => {
    const { cause, headline, votes, absent, next, facts } = explainAt(player, 0, 14)
    expect(cause).toBe('votesMissing')
    expect(headline).toBe(
      'Nothing has become final since slot 5: of 9 validators only 5 were heard in the last two slots, and 6 votes are needed.',
    )
    expect(votes).toContain('A target is justified by 6 of 9 votes.')
    expect(votes).toContain('5 for slot 8')
    expect(votes).toContain('1 more is needed')
    expect(absent).toBe('Not heard lately: validators 1, 3, 5, 7 (last heard in slot 7).')
    expect(next).toBe(
      'Counted from final slot 5, the next justifiable slots are 14 (now), 17, 21, 25, at distances 9 = 3 × 3, 12 = 3 × 4, 16 = 4 × 4, 20 = 4 × 5.',
    )
    expect(facts).toMatchObject({ finalizedSlot: 5, justifiedSlot: 6, active: 5, needed: 6, passedOver: [7] })
  })

  it('knows that a justifiable slot which was passed over breaks the link', () => {
    expect(explainAt(player, 0, 14).outlook[0]).toBe(
      'Slot 6 is justified, but slot 7, the next justifiable one, was passed over by the votes: nothing later can make 6 final by itself.',
    )
  })

  it('says when all is well', () => {
    for (const slot of [6, 10, 40]) expect(explainAt(player, 0, slot).cause).toBe('finalizing')
    expect(explainAt(player, 0, 40).headline).toBe(
      'Finality keeps up: slot 37 is final, 3 slots behind the head.',
    )
  })
})

describe('back-off slots', () => {
  let player: Player
  beforeAll(async () => {
    player = new Player(await recordScenario('more-than-a-third-offline.yaml'))
  })

  it('names the slot that everybody waits for, and why', () => {
    const { cause, headline, absent, next, outlook } = explainAt(player, 0, 27)
    expect(cause).toBe('backOff')
    expect(headline).toBe(
      'Nothing has become final since slot 5: enough validators agree, and wait for justifiable slot 30.',
    )
    expect(absent).toBe('Nobody is missing.')
    expect(next).toContain('30, 35, 41, 47, at distances 25 = 5 × 5')
    expect(outlook).toEqual([
      '6 votes for slot 30: then slot 25 becomes final, at the earliest with the block of slot 32.',
    ])
  })

  it('foretells the slot in which it will be final, and it is', () => {
    for (const slot of [23, 24, 25, 26, 27, 28, 29, 30, 31]) {
      const { outlook } = explainAt(player, 0, slot).facts
      expect(outlook.at(-1)).toMatchObject({ finalizes: 25, slot: 30, notBefore: 32 })
    }
    expect(finalizedIn(player, 0, 25)).toBe(32)
  })
})

describe('split votes', () => {
  it('says who votes for what instead, and what it would take', async () => {
    const player = new Player(await recordScenario(SPLIT_VOTES))
    const { cause, headline, votes, absent, outlook, facts } = explainAt(player, 0, 17)
    expect(cause).toBe('splitVotes')
    expect(headline).toBe(
      'Nothing has become final since slot 4: votes are split over 2 targets, and none has the 6 it needs.',
    )
    expect(votes).toMatch(
      /4 for slot 13 \(0x[0-9a-f]{8}\), 4 for slot 10 \(0x[0-9a-f]{8}\)\. Slot 13 has 4 votes in all/,
    )
    expect(absent).toMatch(/^Voting for slot 10 \(0x[0-9a-f]{8}\) instead: validators 4 to 7\.$/)
    expect(outlook).toEqual([
      '6 votes for slot 13 (4 so far): then slot 10 becomes final, at the earliest with the block of slot 18.',
    ])
    expect(facts.roundTargets.map(({ voters }) => voters.toSorted())).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ])
  })
})

describe('a partition', () => {
  let player: Player
  beforeAll(async () => {
    player = new Player(await recordScenario('partition.yaml'))
  })

  it('is told by each half as the other one missing', () => {
    expect(explainAt(player, 0, 16).absent).toBe(
      'Not heard lately: validators 4 to 7 (last heard in slot 7).',
    )
    expect(explainAt(player, 5, 16).absent).toBe(
      'Not heard lately: validators 0 to 3 (last heard in slot 7).',
    )
  })

  it('heals: enough votes are there, a block brings them, and what was foretold is final', () => {
    const { cause, headline, facts } = explainAt(player, 0, 18)
    expect(cause).toBe('ready')
    expect(headline).toBe(
      'Nothing has become final since slot 5: enough votes for slot 7 are there now, and wait for a block.',
    )
    expect(facts.outlook).toMatchObject([{ slot: 7, votes: 8, finalizes: 6, notBefore: 19 }])
    expect(finalizedIn(player, 0, 6)).toBe(19)
  })
})

describe('anything else', () => {
  it('blames blocks when there are votes and no blocks', async () => {
    const player = new Player(
      await recordScenario('{ nodes: 4, validators: 4, slots: 12, signatures: none }'),
    )
    const model = player.modelAt(0, 47)
    const [head, target] = [model.head!, model.justified!]
    for (let slot = 12; slot <= 20; slot++) {
      for (let interval = 0; interval < 4; interval++) {
        model.apply({ type: 'tick', tick: slot * 4 + interval })
        if (interval !== 1) continue
        for (let validatorIndex = 0; validatorIndex < 4; validatorIndex++) {
          const vote = { validatorIndex, slot, head, target, source: target }
          model.apply({ type: 'vote', origin: 'gossip', vote })
        }
      }
    }
    const { cause, headline } = explainFinality(model)
    expect(cause).toBe('noBlocks')
    expect(headline).toBe('Nothing has become final since slot 8: there has been no block since slot 11.')
  })

  it('has a word for every moment of every scenario', async () => {
    for (const file of ['asynchrony.yaml', 'equivocating-proposer.yaml', 'silent-and-late-proposers.yaml']) {
      const recording = await recordScenario(file)
      const player = new Player(recording)
      for (let tick = recording.firstTick; tick <= recording.lastTick; tick++) {
        const { headline, votes, absent, next, outlook } = explainFinality(player.modelAt(1, tick))
        const text = [headline, votes, absent, next, ...outlook].join('\n')
        expect(text).not.toMatch(/undefined|NaN|Infinity/)
        expect(text).not.toContain('-1')
      }
    }
  })
})
