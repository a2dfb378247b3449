import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { awaitReply, createSystemScheduler } from '@trine/actors'
import type { NodeEvent, RemoteEvent } from '@trine/messages'
import { type Result, success } from '@trine/types'
import { MemoryLedger } from '@trine/validator'
import {
  createValidatorClient,
  type HttpError,
  type HttpRequest,
  type HttpResponse,
} from '@trine/validator-client'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeNode, NETWORK } from '../../../packages/validator-client/test/support.ts'
import { until } from '../src/devnet/trineProcess.ts'
import { createFetchPort } from '../src/validator/fetchPort.ts'
import { parseNodeUrls } from '../src/validator/nodeUrls.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Serves a fake node; every request is seen as it came over the wire. */
function serveNode(node: FakeNode): Promise<string> {
  return serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const method = request.method as 'GET' | 'POST'
      const body = method === 'POST' ? Buffer.concat(chunks) : undefined
      const answer = node.answer({ method, url: `http://node${request.url}`, body }, Date.now())
      if (typeof answer === 'string') return response.destroy()
      response.statusCode = answer.status ?? 200
      response.end(answer.bytes ?? JSON.stringify(answer.json))
    })
  })
}

const VALIDATORS = 100
const SLOTS = 3

it(`${VALIDATORS} validators: one request for data and one for what is signed, for each kind and slot`, async () => {
  const scheduler = createSystemScheduler()
  const timing = { ...NETWORK.timing, genesisTime: Math.ceil(Date.now() / 1000) * 1000 }
  const network = { ...NETWORK, timing, validatorCount: VALIDATORS }
  const node = new FakeNode('node', network)
  // The one at index 7 of each submission is not taken.
  node.script.set('attestations', (url) => {
    node.honest('attestations', url, node.lastBody)
    return { json: { accepted: 98, failures: [{ index: 7, verdict: 'ignore', reason: 'UNKNOWN_BLOCK' }] } }
  })
  const events: NodeEvent[] = []
  const remote: RemoteEvent[] = []
  const client = createValidatorClient({
    name: 'client',
    scheduler,
    nodes: parseNodeUrls([await serveNode(node)]),
    network,
    http: createFetchPort(),
    signer: {
      validators: Array.from({ length: VALIDATORS }, (_, index) => index),
      publicKeyOf: (index) => new Uint8Array(52).fill(index),
      sign: (_, reply) => void scheduler.after(10, () => reply.answer(success(new Uint8Array(3112)))),
    },
    ledger: new MemoryLedger(),
    events: { emit: (event) => void events.push(event) },
    remoteEvents: { emit: (event) => void remote.push(event) },
    // Nothing here depends on how fast the machine is.
    limits: { dataTimeout: 60_000, headTimeout: 60_000, submitTimeout: 60_000, collectMargin: -60_000 },
  })
  try {
    // A slow machine may be late for a slot, which then has fewer votes or none.
    const whole = () => node.votes.filter((votes) => votes.length >= VALIDATORS - 1).length
    await until(`votes of ${SLOTS} slots`, 110, () => whole() >= SLOTS || undefined)
    await client.stop(10_000)
  } finally {
    client.kill()
  }
  const slotsOf = (pattern: RegExp) =>
    node.urls.flatMap((url) => (pattern.test(url) ? [Number(/slot=(\d+)/.exec(url)![1])] : []))
  const dataSlots = slotsOf(/^GET .*attestation_data/)
  const voteSlots = node.votes.map((votes) => Number(votes[0]!.message.data.slot))
  const builtSlots = slotsOf(/^GET .*validator\/block/)
  const blockSlots = node.blocks.map(({ message }) => Number(message.block.slot))
  for (const slots of [dataSlots, voteSlots, builtSlots, blockSlots]) {
    expect(new Set(slots).size).toBe(slots.length)
  }
  expect(dataSlots).toEqual(expect.arrayContaining(voteSlots))
  expect(builtSlots).toEqual(expect.arrayContaining(blockSlots))
  for (const [index, votes] of node.votes.entries()) {
    const slot = voteSlots[index]!
    const voters = votes.map(({ message }) => Number(message.validatorIndex))
    expect(voters).toEqual([...new Set(voters)].sort((left, right) => left - right))
    if (blockSlots.includes(slot)) expect(voters).not.toContain(slot % VALIDATORS)
  }
  const refusals = remote.flatMap((event) => (event.type === 'remoteSubmission' ? event.failures : []))
  const seventh = node.votes.flatMap((votes) => (votes[7] ? [Number(votes[7].message.validatorIndex)] : []))
  expect(refusals).toEqual(
    seventh.map((validatorIndex) => ({ validatorIndex, verdict: 'ignore', reason: 'UNKNOWN_BLOCK' })),
  )
})

describe('HTTP by fetch', () => {
  const scheduler = createSystemScheduler()
  const send = async (url: string, change: Partial<HttpRequest> = {}) => {
    const request: HttpRequest = {
      method: 'GET',
      url,
      accept: 'application/json',
      timeoutMilliseconds: 60_000,
      mostBytes: 1000,
      ...change,
    }
    const port = createFetchPort()
    const answer = await awaitReply<Result<HttpResponse, HttpError>>(
      'port',
      { scheduler, timeoutMilliseconds: 90_000 },
      (reply) => port.send(request, reply),
    )
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value
  }

  it('gives status and body, whatever the status', async () => {
    const url = await serve((request, response) => {
      response.writeHead(409)
      request.pipe(response)
    })
    const sent = await send(url, { method: 'POST', body: new Uint8Array([1, 2, 3]) })
    expect(sent).toMatchObject({ ok: true, value: { status: 409 } })
    expect(sent.ok && [...sent.value.body]).toEqual([1, 2, 3])
  })

  it('does not read more than it may, whether the length is said or not', async () => {
    let isCut = false
    const endless = await serve((_, response) => {
      response.on('close', () => {
        isCut = true
      })
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(4096)));
      }
      response.on('drain', write)
      write()
    })
    expect(await send(endless)).toMatchObject({ ok: false, error: { code: 'TOO_LARGE' } })
    await until('the connection ended', 60, () => isCut || undefined)
    const long = await serve((_, response) => response.end(Buffer.alloc(1001)))
    expect(await send(long)).toMatchObject({ ok: false, error: { code: 'TOO_LARGE' } })
    const fitting = await serve((_, response) => response.end(Buffer.alloc(1000)))
    expect(await send(fitting)).toMatchObject({ ok: true })
  })

  it('gives up in time: without an answer, and in the middle of one', async () => {
    const silent = await serve(() => {})
    expect(await send(silent, { timeoutMilliseconds: 50 })).toMatchObject({
      ok: false,
      error: { code: 'TIMEOUT' },
    })
    const stuck = await serve((_, response) => void response.write('{'))
    expect(await send(stuck, { timeoutMilliseconds: 50 })).toMatchObject({
      ok: false,
      error: { code: 'TIMEOUT' },
    })
  })

  it('follows no redirection, and says in short why nobody answers', async () => {
    let wasFollowed = false
    const target = await serve((_, response) => {
      wasFollowed = true
      response.end()
    })
    const url = await serve((_, response) => response.writeHead(302, { location: target }).end())
    expect(await send(url)).toMatchObject({ ok: true, value: { status: 302 } })
    expect(wasFollowed).toBe(false)
    const gone = await serve((request) => request.socket.destroy())
    expect(await send(gone)).toMatchObject({ ok: false, error: { code: 'UNREACHABLE' } })
    const [server] = servers.splice(-1)
    server!.closeAllConnections()
    await new Promise((resolve) => server!.close(resolve))
    expect(await send(gone)).toMatchObject({
      ok: false,
      error: { code: 'UNREACHABLE', message: 'ECONNREFUSED' },
    })
  })
})

describe('--api', () => {
  it('names nodes by host and port', () => {
    expect(parseNodeUrls(['http://127.0.0.1:5052', 'https://node.example/a/'])).toEqual([
      { name: '127.0.0.1:5052', url: 'http://127.0.0.1:5052' },
      { name: 'node.example/a', url: 'https://node.example/a' },
    ])
  })

  it.each([
    [[], /^--api: expected 1 to 16 URLs like .*, got 0$/],
    [Array.from({ length: 17 }, (_, index) => `http://h${index}`), /got 17$/],
    [['localhost:5052'], /^--api: expected a URL like .*, got "localhost:\/\/.*5052"$/],
    [['ftp://host'], /got "ftp:\/\/host\/?"$/],
    [['http://host/?token=secret'], /^--api: (?!.*secret)/],
    [['http://me:secret@host'], /^--api: expected a URL without user name and password, got one for host$/],
    [['http://host', 'http://host/'], /^--api: expected every node once, got http:\/\/host twice$/],
  ])('refuses %j', (texts, message) => {
    expect(() => parseNodeUrls(texts)).toThrow(message)
  })
})
