import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { runConformance } from '../src/conformance/conformance.ts'
import { loadRunners } from '../src/conformance/runners.ts'
import { VectorCopies } from './support/vectorCopies.ts'

const runners = await loadRunners()
const folder = vectorsPath('networking')

let copies: VectorCopies
beforeEach(() => {
  copies = new VectorCopies()
})
afterEach(() => copies.remove())

it('every file of the wire is read and passes, or says why it is not for us', async () => {
  const report = await runConformance([folder], runners)
  expect(report.failures).toEqual([])
  expect(report.unusable).toEqual([])
  expect(report.casesByKind['networking codec']).toBeGreaterThanOrEqual(94)
  const reasons = report.notApplicable.map(({ reason }) => reason)
  expect(new Set(reasons)).toEqual(
    new Set([
      'the messages of gossipsub are read and written by libp2p alone',
      'a topic of a later protocol version',
    ]),
  )
})

/** One value of a file changed: a runner that still passes does not look. */
describe('a runner notices a changed vector', () => {
  it.each([
    ['test_varint/test_varint_300.json', ['output', 'encoded'], '0xad02'],
    ['test_snappy_codec/test_snappy_block_short_string.json', ['codec', 'data'], '0x00'],
    ['test_snappy_codec/test_snappy_frame_short.json', ['codec', 'data'], '0x00'],
    ['test_reqresp_codec/test_request_status.json', ['codec', 'sszData'], '0x00'],
    ['test_reqresp_codec/test_response_status.json', ['codec', 'responseCode'], 1],
    ['test_gossip_message_id/test_message_id_empty_data.json', ['codec', 'domain'], '0x00000000'],
    ['test_gossip_topic/test_block_topic.json', ['codec', 'networkName'], 'devnet0'],
    ['test_enr_and_peer_id/test_peer_id_secp256k1.json', ['codec', 'keyType'], 'ed25519'],
    ['test_enr_and_peer_id/test_enr_with_extensions.json', ['output', 'quicPort'], 9002],
    ['test_varint_invalid/test_varint_truncated_mid_stream_rejected.json', ['codec', 'rawBytes'], '0x8001'],
  ])('%s', async (file, place, value) => {
    const original = vectorsPath('networking', file)
    const path = copies.changed(original, ['*', ...place], () => value)
    const report = await runConformance([path], runners)
    expect([...report.failures, ...report.unusable]).toHaveLength(1)
  })
})
