import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blockRoot } from '@trine/state-transition'
import { blockType, type State, signedTypesFor, stateType, toHex } from '@trine/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BenchChain } from '../../../packages/storage/bench/benchChain.ts'
import { checkpointOf } from '../src/checkpoint/checkpointOf.ts'
import { openCheckpoint } from '../src/checkpoint/openCheckpoint.ts'

type Served = { state: Uint8Array; block: Uint8Array }

const { signedBlockWithAttestationType } = signedTypesFor('ssz3112')
const chain = new BenchChain(4)
const made = Array.from({ length: 9 }, () => chain.next())
const network = {
  genesisTime: 1000,
  genesisRoot: chain.genesisRoot,
  publicKeys: Array.from({ length: 4 }, (_, index) => chain.genesis.validators.get(index).pubkey),
  currentSlot: 20,
}
const limits = { maxBytes: 2 ** 20, milliseconds: 30_000 }

function servedAt(slot: number, change: (state: State) => void = () => {}): Served {
  const { block, postState } = made[slot - 1]!
  const state = stateType.deserializeToViewDU(postState.serialize())
  change(state)
  state.commit()
  return { state: state.serialize(), block: signedBlockWithAttestationType.serialize(block.signedBlock) }
}

const servers: Server[] = []
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-checkpoint-'))
})
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

/** A node's API that serves these; undefined is a 404, `hangs` never ends. */
async function serve(
  answers: (path: string, login?: string) => Uint8Array | 'hangs' | undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    const answer = answers(request.url ?? '', request.headers.authorization)
    if (answer === undefined) response.writeHead(404).end()
    else if (answer === 'hangs') response.writeHead(200).write('x')
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(answer)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serving = ({ state, block }: Served) =>
  serve((path) => ({ '/lean/v0/states/finalized': state, '/lean/v0/blocks/finalized': block })[path])

const open = (...sources: string[]) => openCheckpoint(sources, network, limits)

describe('a checkpoint', () => {
  it('by URL is an anchor: state and block that belong together', async () => {
    const opened = await open(`${await serving(servedAt(7))}/`)
    const { root, signedBlock } = made[6]!.block
    expect([opened.slot, opened.root, opened.unreachable]).toEqual([7, root, []])
    expect(opened.block).toEqual(signedBlock.message.block)
    expect(toHex(opened.state.hashTreeRoot())).toBe(toHex(opened.block.stateRoot))
  })

  it('by URL with a login, which is used and never shown', async () => {
    const served = servedAt(5)
    const logins: (string | undefined)[] = []
    const url = await serve((path, login) => {
      logins.push(login)
      if (path.startsWith('/none')) return undefined
      return path.includes('states') ? served.state : served.block
    })
    const withLogin = url.replace('//', '//me:p%40ss@wo%rd@')
    const { source } = await open(withLogin)
    expect(source).toBe(url.replace('//', '//***@'))
    const login = `Basic ${Buffer.from('me:p@ss@wo%rd').toString('base64')}`
    expect(logins).toEqual([login, login])
    for (const wrong of [`${withLogin}/none`, 'http://me:p%40ss@wo%rd@127.0.0.1:1']) {
      await expect(open(wrong)).rejects.toThrow(/^checkpoint: http:\/\/\*\*\*@127[^@]*$/)
    }
  })

  it('from a folder, with a bare block, and a state whose header has its state root', async () => {
    const { block } = made[4]!.block.signedBlock.message
    const { state } = servedAt(5, (view) => {
      const header = view.latestBlockHeader.clone()
      header.stateRoot = block.stateRoot
      view.latestBlockHeader = header
    })
    writeFileSync(join(folder, 'state.ssz'), state)
    writeFileSync(join(folder, 'block.ssz'), blockType.serialize(block))
    expect(await open(folder)).toMatchObject({ slot: 5, root: toHex(blockRoot(block)) })
  })

  it('is the latest on one chain that more than half vouch for; who does not answer is named', async () => {
    const [lagging, earlier, later] = await Promise.all([2, 5, 8].map((slot) => serving(servedAt(slot))))
    const silent = await serve(() => undefined)
    expect((await open(later!, earlier!)).source).toBe(earlier)
    const opened = await open(lagging!, later!, earlier!, silent)
    expect([opened.slot, opened.source]).toEqual([5, earlier])
    expect(opened.unreachable).toEqual([expect.stringContaining('expected status 200, got 404')])
  })

  it('of a node that finalizes meanwhile is asked for again', async () => {
    let asked = 0
    const url = await serve((path) => {
      asked += 1
      const served = servedAt(asked === 1 ? 5 : 6)
      return path.includes('states') ? served.state : served.block
    })
    expect(await open(url)).toMatchObject({ slot: 6 })
  })
})

describe('the checkpoint of a data folder', () => {
  const dataFolder = () => mkdtempSync(join(tmpdir(), 'trine-checkpoint-'))
  const empty = async () => true
  const used = async () => false

  it('is fetched once, and kept for later starts', async () => {
    const folder = dataFolder()
    const url = await serving(servedAt(6))
    const first = await checkpointOf(folder, [url], empty, network)
    expect(first).toMatchObject({ slot: 6, source: url })
    for (const server of servers.splice(0)) server.close()
    const again = await checkpointOf(folder, [], used, network)
    expect([again?.root, toHex(again!.state.hashTreeRoot())]).toEqual([
      first!.root,
      toHex(first!.state.hashTreeRoot()),
    ])
    rmSync(folder, { recursive: true })
  })

  it('is none where it began with genesis', async () => {
    const folder = dataFolder()
    expect(await checkpointOf(folder, ['http://127.0.0.1:1'], used, network)).toBeUndefined()
    expect(await checkpointOf(folder, [], empty, network)).toBeUndefined()
    rmSync(folder, { recursive: true })
  })
})

describe('refused in one line is', () => {
  const refused = (sources: string[], text: RegExp) =>
    expect(openCheckpoint(sources, network, limits)).rejects.toThrow(text)

  it('another network, validator or future', async () => {
    const changes: readonly [(state: State) => void, RegExp][] = [
      [({ config }) => Object.assign(config, { genesisTime: 1001 }), /genesis time: expected 1000, got 1001/],
      [
        ({ validators }) => Object.assign(validators.get(2), { pubkey: new Uint8Array(52) }),
        /validator 2: expected public key 0x/,
      ],
      [(state) => Object.assign(state, { slot: 21 }), /slot: expected at most 20, which is now, got 21/],
      [
        ({ historicalBlockHashes }) => historicalBlockHashes.set(0, new Uint8Array(32)),
        /genesis block: expected 0x/,
      ],
      [
        ({ latestJustified }) => Object.assign(latestJustified, { slot: 1 }),
        /state: expected root 0x.*, as its block says/,
      ],
    ]
    for (const [change, text] of changes) {
      await refused([await serving(servedAt(5, change))], text)
    }
  })

  it('the block of another state, and bytes that are none', async () => {
    const { state } = servedAt(5)
    const { block } = servedAt(6)
    await refused(
      [await serving({ state, block })],
      /block: expected that of slot 5.*got another one of slot 6/,
    )
    await refused([await serving({ state, block: new Uint8Array(9) })], /block: expected SSZ of a block/)
    await refused([await serving({ state: new Uint8Array(9), block })], /State: expected/)
  })

  it('two sources of different chains', async () => {
    const other = new BenchChain(4, 3)
    const theirs = Array.from({ length: 6 }, () => other.next()).at(-1)!
    const served = {
      state: theirs.postState.serialize(),
      block: signedBlockWithAttestationType.serialize(theirs.block.signedBlock),
    }
    const [one, two] = [await serving(servedAt(8)), await serving(served)]
    await refused([one, two], /disagree: slot 6: expected the same finalized block, got 0x.* and 0x/)
  })

  it('too much, too slow, nothing there', async () => {
    const large = await serve(() => new Uint8Array(2 ** 20 + 1))
    await refused([large], /expected at most 1048576 bytes/)
    const slow = await serve(() => 'hangs')
    const impatient = { ...limits, milliseconds: 200 }
    await expect(openCheckpoint([slow], network, impatient)).rejects.toThrow(/within 0.2 s, got none/)
    await refused([folder], /state.ssz: no such file/)
    await refused(['http://127.0.0.1:1'], /ECONNREFUSED|bad port/)
  })
})
