import type { AskResult, Message } from '@trine/actors'
import { ask } from '@trine/actors'
import type { Submission, Verdict } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { type Bench, codec, createBench, GENESIS } from './support/bench.ts'
import { blockAt, signedVote } from './support/blocks.ts'

/** Submits a vote of the validator; gives what will be answered. */
function submitVote({ lab, network }: Bench, validatorIndex: number, timeoutMilliseconds = 60_000) {
  const signedAttestation = signedVote(validatorIndex, 7)
  const question = { type: 'submitAttestation', signedAttestation } as const
  return ask(network.ref, question, { scheduler: lab.scheduler, timeoutMilliseconds })
}

/** The chain's verdict on what it was told last, or on what it was told as the `number`th. */
async function judge(bench: Bench, verdict: Verdict, reason: string, number = -1): Promise<void> {
  const told = bench.chain.received.at(number) as Message & Record<string, never>
  const { gossip } = told.type === 'block' ? told['origin']! : told
  await bench.tell({ type: 'verdict', gossip: gossip!, verdict, reason })
}

const answer = (verdict: Verdict, reason: string): AskResult<Submission> => ({
  ok: true,
  value: { verdict, reason },
})

describe('submissions', () => {
  it('are judged like gossip, published when accepted, and answered', async () => {
    const bench = await createBench()
    const asked = submitVote(bench, 2)
    await bench.lab.settle()
    expect(bench.chain.received).toMatchObject([
      { type: 'attestation', signedAttestation: signedVote(2, 7), gossip: { peerId: 'submitted' } },
    ])
    expect(bench.transport.published).toEqual([])
    await judge(bench, 'accept', 'ACCEPTED')
    expect(await asked).toEqual(answer('accept', 'ACCEPTED'))
    expect(bench.transport.published.map(({ payload }) => payload)).toEqual([
      codec.encodeAttestation(signedVote(2, 7)),
    ])
    expect(bench.transport.verdicts).toEqual([])
  })

  it('blocks too', async () => {
    const bench = await createBench()
    const block = blockAt(9, GENESIS)
    const { scheduler } = bench.lab
    const asked = ask(
      bench.network.ref,
      { type: 'submitBlock', block },
      { scheduler, timeoutMilliseconds: 9000 },
    )
    await bench.lab.settle()
    expect(bench.chain.received).toMatchObject([{ type: 'block', block, origin: { from: 'gossip' } }])
    await judge(bench, 'accept', 'ACCEPTED')
    expect(await asked).toEqual(answer('accept', 'ACCEPTED'))
    expect(bench.transport.published.map(({ payload }) => payload)).toEqual([codec.encodeBlock(block)])
  })

  it('that are not accepted are not published', async () => {
    const bench = await createBench()
    const [first, second] = [submitVote(bench, 2), submitVote(bench, 3)]
    await bench.lab.settle()
    await judge(bench, 'reject', 'INVALID_SIGNATURE', 0)
    await judge(bench, 'ignore', 'DUPLICATE', 1)
    expect(await first).toEqual(answer('reject', 'INVALID_SIGNATURE'))
    expect(await second).toEqual(answer('ignore', 'DUPLICATE'))
    expect(bench.transport.published).toEqual([])
    expect(bench.transport.verdicts).toEqual([])
    // A verdict that comes twice is none.
    await judge(bench, 'accept', 'ACCEPTED', 0)
    expect(bench.transport.published).toEqual([])
  })

  it('for which there is no room are answered at once', async () => {
    const bench = await createBench({ limits: { maxAwaitingVerdict: 1 } })
    const first = submitVote(bench, 2)
    await bench.lab.settle()
    expect(await bench.lab.scheduler.settle(submitVote(bench, 3))).toEqual(answer('ignore', 'NO_ROOM'))
    expect(bench.chain.received).toHaveLength(1)
    await judge(bench, 'accept', 'ACCEPTED')
    expect(await first).toEqual(answer('accept', 'ACCEPTED'))
    bench.chain.refuse('attestation')
    expect(await bench.lab.scheduler.settle(submitVote(bench, 4))).toEqual(answer('ignore', 'NO_ROOM'))
  })

  it('that the chain never judges are given up', async () => {
    const bench = await createBench({ limits: { verdictTimeout: 3000 } })
    const asked = submitVote(bench, 2)
    await bench.lab.settle()
    for (let slot = 1; slot <= 4; slot++) await bench.tick(slot)
    expect(await asked).toEqual(answer('ignore', 'NO_VERDICT'))
    await judge(bench, 'accept', 'ACCEPTED')
    expect(bench.transport.published).toEqual([])
  })
})
