import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { asStaticPeer, type Endpoint, type Kind, publish, startEndpoint, stopAll } from './support/network.ts'

const script = fileURLToPath(new URL('support/childEndpoint.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await stopAll()
})

function startChild(kind: Kind, parent: Endpoint, greeting: string): ChildProcess {
  const argv = [script, kind, JSON.stringify(asStaticPeer(parent)), greeting]
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

const text = (payload: Uint8Array) => Buffer.from(payload).toString()

/** Over QUIC nothing tells that a killed process is gone: its next life must not wait until that is noticed. */
it.each<Kind>(['quic', 'tcp'])(
  'a process that is killed and restarted gossips at once, over %s',
  // Two processes start one after the other: on a busy machine that alone can take a minute.
  { timeout: 300_000 },
  async (kind) => {
    const parent = await startEndpoint(1, kind, { limits: { replaceMilliseconds: 0 } })
    const first = startChild(kind, parent, 'first life')
    await parent.events.next('gossipBlock', ({ payload }) => text(payload) === 'first life')
    first.kill('SIGKILL')
    await once(first, 'exit')

    const start = performance.now()
    const second = startChild(kind, parent, 'second life')
    await parent.events.next('gossipBlock', ({ payload }) => text(payload) === 'second life')
    await publish(parent, new TextEncoder().encode('welcome back'))
    const [printed] = await once(second.stdout!, 'data')
    expect(text(printed)).toBe('welcome back\n')
    const isSoon = performance.now() - start < 9_000
    const changes = parent.events.all.filter(({ type }) => type.startsWith('peer')).map(({ type }) => type)
    expect(changes).toEqual(['peerConnected', 'peerDisconnected', 'peerConnected'])
    // After more time, on a machine that is busy, QUIC has noticed by itself.
    const { reason } = await parent.events.next('peerDisconnected')
    if (kind === 'quic' && isSoon) expect(reason).toBe('restarted')
  },
)
