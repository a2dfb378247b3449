import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'

/**
 * The peer of `../go-peer`, which shares no code with this project. It needs Go (https://go.dev/dl, or the path of its
 * command in TRINE_GO), which loads the libraries named in go.sum. Without Go the suite says loudly that it did not
 * run, and where CI=true it fails.
 */

const SOURCE = fileURLToPath(new URL('../go-peer', import.meta.url))

/** A first build compiles all of go-libp2p. */
const BUILD_MILLISECONDS = 600_000

/** A line that the peer told without being asked; which fields are there depends on `event`. */
export type GoEvent = {
  readonly event: 'ready' | 'connected' | 'disconnected' | 'gossip' | 'request' | 'graft' | 'prune'
  readonly peer: string
  readonly addresses?: readonly string[]
  readonly topic?: string
  readonly messageId?: string
  readonly protocol?: string
  readonly data?: string
  readonly isSnappy?: boolean
  readonly isAnonymous?: boolean
}

export type GoAnswer = {
  readonly id: number
  readonly error?: string
  readonly peers?: readonly string[]
  readonly protocols?: readonly string[]
  readonly agent?: string
  readonly messageId?: string
  readonly chunks?: readonly { readonly code: number; readonly payload: string }[]
}

export type Dialect = 'specification' | 'zeam'

/** Path of the Go command, or undefined. TRINE_GO overrides the usual places. */
export async function findGo(): Promise<string | undefined> {
  const chosen = process.env['TRINE_GO']
  for (const path of chosen ? [chosen] : ['go', '/usr/local/go/bin/go', '/opt/homebrew/bin/go']) {
    if (path !== 'go' && !existsSync(path)) continue
    const found = await promisify(execFile)(path, ['version']).then(
      () => path,
      () => undefined,
    )
    if (found !== undefined) return found
  }
  return undefined
}

export class GoPeer {
  readonly peerId: string
  /** With the peer id at the end. */
  readonly address: string
  readonly events: readonly GoEvent[]
  readonly #child: ChildProcess
  readonly #answers: Map<number, (answer: GoAnswer) => void>
  #lastId = 0

  private constructor(
    child: ChildProcess,
    ready: GoEvent,
    events: readonly GoEvent[],
    answers: Map<number, (answer: GoAnswer) => void>,
  ) {
    this.peerId = ready.peer
    this.address = `${ready.addresses?.[0]}/p2p/${ready.peer}`
    this.events = events
    this.#child = child
    this.#answers = answers
  }

  static start(binary: string, kind: 'quic' | 'tcp', dialect: Dialect): Promise<GoPeer> {
    const listen = kind === 'quic' ? '/ip4/127.0.0.1/udp/0/quic-v1' : '/ip4/127.0.0.1/tcp/0'
    const child = spawn(binary, ['-listen', listen, '-dialect', dialect], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const events: GoEvent[] = []
    const answers = new Map<number, (answer: GoAnswer) => void>()
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => {
        reject(new Error(`the go peer ended with code ${code}`))
        for (const [id, answer] of answers) answer({ id, error: `the go peer ended with code ${code}` })
      })
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const said = JSON.parse(line) as GoEvent | GoAnswer
        if ('id' in said) answers.get(said.id)?.(said)
        else if (said.event === 'ready') resolve(new GoPeer(child, said, events, answers))
        else events.push(said)
      })
    })
  }

  /** Rejects with what the peer says went wrong. */
  async run(command: { readonly do: string; readonly [field: string]: unknown }): Promise<GoAnswer> {
    this.#lastId += 1
    const id = this.#lastId
    const answer = await new Promise<GoAnswer>((resolve) => {
      this.#answers.set(id, resolve)
      this.#child.stdin!.write(`${JSON.stringify({ id, ...command })}\n`)
    })
    this.#answers.delete(id)
    if (answer.error !== undefined) throw new Error(`${command.do}: ${answer.error}`)
    return answer
  }

  /** Those of its events that are of a kind. */
  of(event: GoEvent['event']): readonly GoEvent[] {
    return this.events.filter((each) => each.event === event)
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return resolve()
      this.#child.once('exit', () => resolve())
      this.#child.kill('SIGKILL')
    })
  }
}

/** How a suite starts peers; they end with the test that started them. */
export type GoSession = { start(kind: 'quic' | 'tcp', dialect: Dialect): Promise<GoPeer> }

/** `describe` for tests with peers in Go, which are built before the first. */
export async function describeWithGo(name: string, define: (session: GoSession) => void): Promise<void> {
  const go = await findGo()
  describe(name, () => {
    if (go === undefined) {
      it('runs with Go', (context) => reportMissingGo(name, context.skip))
      return
    }
    let folder = ''
    const peers: GoPeer[] = []
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'trine-interop-'))
      await promisify(execFile)(go, ['build', '-buildvcs=false', '-o', join(folder, 'peer'), '.'], {
        cwd: SOURCE,
      })
    }, BUILD_MILLISECONDS)
    afterEach(async () => {
      await Promise.all(peers.splice(0).map((peer) => peer.stop()))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))
    define({
      start: async (kind, dialect) => {
        const peer = await GoPeer.start(join(folder, 'peer'), kind, dialect)
        peers.push(peer)
        return peer
      },
    })
  })
}

function reportMissingGo(name: string, skip: (note: string) => void): void {
  const message = `"${name}" DID NOT RUN: no Go found (install it from https://go.dev/dl, or set TRINE_GO)`
  if (process.env['CI'] === 'true') throw new Error(message)
  console.warn(`\n${'!'.repeat(100)}\n${message}\n${'!'.repeat(100)}\n`)
  skip(message)
}
