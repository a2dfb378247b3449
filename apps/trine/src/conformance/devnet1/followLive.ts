import { followRecording, type RecordedMessage, verifyItems } from '@trine/simulator'
import { production } from '@trine/xmss'
import { difference } from '../runner.ts'
import { bytesOf } from './fields.ts'
import type { RecordingFile } from './recording.ts'

const TOPIC = /^\/leanconsensus\/([^/]+)\/(block|attestation)\/ssz_snappy$/

/** Plays a recording into one node, through its NetworkService and at its own pace, with every signature verified. */
export async function followLive(recording: RecordingFile): Promise<string | undefined> {
  const blocks = recording.messages.filter(({ topic }) => topic.includes('/block/'))
  const last = blocks.at(-1)
  const networkName = TOPIC.exec(last?.topic ?? '')?.[1]
  if (last === undefined || networkName === undefined) return `topic: expected a block's, got ${last?.topic}`
  const report = await followRecording({
    genesisTime: recording.genesisTime,
    publicKeys: recording.publicKeys,
    networkName,
    encoding: 'ssz3112',
    messages: recording.messages.map(messageOf),
    verify: (items) => verifyItems(production, 'ssz3112', items),
  })
  const { chain, verdicts, blocksImported, signaturesInvalid, complaints } = report
  const { head, headState } = chain
  return difference(
    'a node that follows',
    {
      head: last['root'],
      justifiedSlot: last['justifiedSlot'],
      finalizedSlot: last['finalizedSlot'],
      blocksImported: blocks.length,
      rejected: 0,
      signaturesInvalid: 0,
      complaints: [],
    },
    {
      head: head.root,
      justifiedSlot: headState.justified.slot,
      finalizedSlot: headState.finalized.slot,
      blocksImported,
      rejected: verdicts.reject,
      signaturesInvalid,
      complaints,
    },
  )
}

function messageOf({
  topic,
  messageId,
  ssz,
  secondsSinceGenesis,
}: RecordingFile['messages'][number]): RecordedMessage {
  return {
    kind: topic.includes('/block/') ? 'gossipBlock' : 'gossipAttestation',
    topic,
    messageId,
    payload: bytesOf(ssz),
    millisecondsSinceGenesis: Math.round(secondsSinceGenesis * 1000),
  }
}
