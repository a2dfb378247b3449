/** A transport in a process of its own: publishes a greeting, and prints what it hears. Arguments: kind, peer, greeting. */
import { publish, startEndpoint } from './network.ts'

// Ends with the process that started it.
process.stdin.resume().on('end', () => process.exit())

const [kind, peer, greeting] = process.argv.slice(2) as ['quic' | 'tcp', string, string]
const endpoint = await startEndpoint(9, kind, { staticPeers: [JSON.parse(peer)] })
const { tell } = endpoint.events
endpoint.events.tell = (event) => {
  if (event.type === 'gossipBlock') console.log(Buffer.from(event.payload).toString())
  return tell.call(endpoint.events, event)
}
await publish(endpoint, new TextEncoder().encode(greeting))
