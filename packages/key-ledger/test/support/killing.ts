import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SIGNER = fileURLToPath(new URL('./signer.ts', import.meta.url))
/** How far below the last epoch that was signed the next process begins to ask. */
const OVERLAP = 50

/** What the killed processes signed, as seen from outside. */
export type Signed = { readonly epochs: readonly number[]; readonly twice: readonly number[] }

/**
 * Starts a signer in a folder as many times as `kills` says, and kills each with SIGKILL `delay()` lines after its first
 * signature. Every one asks for epochs again that earlier ones signed.
 */
export async function signAndKill(folder: string, kills: number, delay: () => number): Promise<Signed> {
  const epochs: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    const start = Math.max(0, (epochs.at(-1) ?? 0) - OVERLAP)
    const signer = spawn(process.execPath, [SIGNER, folder, `${start}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const linesWanted = delay()
    let [text, complaints] = ['', '']
    signer.stderr.on('data', (chunk) => {
      complaints += chunk
    })
    signer.stdout.on('data', (chunk) => {
      text += chunk
      if (text.split('\n').length > linesWanted) signer.kill('SIGKILL')
    })
    const [code] = await once(signer, 'close')
    if (code !== null) throw new Error(`expected a signer that signs until it is killed: ${complaints}`)
    epochs.push(...text.trimEnd().split('\n').map(Number))
  }
  const seen = new Set<number>()
  const twice = epochs.filter((epoch) => seen.has(epoch) || !seen.add(epoch))
  return { epochs, twice }
}
