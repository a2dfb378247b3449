import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { toHex } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressesOf, decodeNodeRecord, encodeNodeRecord, readNodeRecordRlp } from '../../src/wire/enr.ts'
import { gossipMessageId } from '../../src/wire/messageId.ts'
import { expectValue } from '../support/values.ts'

const SECRET_KEY = new Uint8Array(32).fill(7)

it('the message id that devnet-1 clients agreed on', () => {
  const data = Uint8Array.from(
    { length: 100 },
    (_, index) => Number((BigInt(index) * 2654435761n) >> 13n) & 255,
  )
  const id = gossipMessageId('/leanconsensus/devnet0/block/ssz_snappy', data)
  expect(toHex(id)).toBe('0x51367add29724728452733b415857e5025902a59')
})

describe('node records', () => {
  const text = encodeNodeRecord(SECRET_KEY, { ip: '127.0.0.1', quicPort: 9000, tcpPort: 9100 })

  it('come back as they were, with the peer id that libp2p has', () => {
    const record = expectValue(decodeNodeRecord(text))
    expect(addressesOf(record)).toEqual(['/ip4/127.0.0.1/udp/9000/quic-v1', '/ip4/127.0.0.1/tcp/9100'])
    expect(record.peerId).toBe(peerIdFromPrivateKey(privateKeyFromRaw(SECRET_KEY)).toString())
  })

  it('of a node with one transport only have one address', () => {
    const record = expectValue(decodeNodeRecord(encodeNodeRecord(SECRET_KEY, { ip: '10.0.0.1', tcpPort: 1 })))
    expect(addressesOf(record)).toEqual(['/ip4/10.0.0.1/tcp/1'])
  })

  it('are refused when anything was changed', () => {
    for (let index = 4; index < text.length; index++) {
      const changed = `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`
      expect(decodeNodeRecord(changed).ok, `character ${index}`).toBe(false)
    }
    expect(decodeNodeRecord(text.slice(4))).toMatchObject({ error: { code: 'MALFORMED' } })
    expect(decodeNodeRecord(`enr:${'A'.repeat(500)}`)).toMatchObject({ error: { code: 'TOO_LONG' } })
  })

  it('never throw, whatever comes', () => {
    const good = Buffer.from(text.slice(4), 'base64url')
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 310 }),
        fc.nat(good.length - 1),
        fc.nat(255),
        (noise, place, byte) => {
          const changed = Buffer.from(good)
          changed[place] = byte
          readNodeRecordRlp(noise)
          readNodeRecordRlp(changed)
          decodeNodeRecord(`enr:${changed.toString('base64url')}`)
        },
      ),
      { numRuns: 300 },
    )
  })
})
