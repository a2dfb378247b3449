import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

/**
 * Takes a profile of this thread, until the function it resolves to is called, which gives milliseconds by whose code
 * ran.
 *
 * @param file takes the whole of it, for the developer tools of a browser
 */
export async function startProfile(file: string): Promise<() => Promise<Record<string, number>>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 1000 })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    writeFileSync(file, JSON.stringify(profile))
    const owners = new Map(profile.nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]))
    const milliseconds: Record<string, number> = {}
    for (const [index, id] of (profile.samples ?? []).entries()) {
      const owner = owners.get(id) ?? 'unknown'
      milliseconds[owner] = (milliseconds[owner] ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1000
    }
    return milliseconds
  }
}

/** Whose code a function is: a package of the house, a library, or Node and V8. */
function ownerOf({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules\/)/.exec(url)
  if (library) return library[1]!
  const house = /\/(?:packages|apps)\/([^/]+)\//.exec(url)
  if (house) return `@trine/${house[1]}`
  if (url.startsWith('wasm:')) return 'WebAssembly (SHA-256)'
  if (url.startsWith('node:')) return 'node'
  return functionName.startsWith('(') ? functionName : 'V8 and native'
}
