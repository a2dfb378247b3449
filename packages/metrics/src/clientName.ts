/** What lean clients call themselves; others share one label, so that strangers cannot make labels. */
const CLIENTS = [
  'ethlambda',
  'gean',
  'grandine',
  'lantern',
  'lean-spec',
  'lodestar',
  'nlean',
  'peam',
  'qlean',
  'ream',
  'trine',
  'verity',
  'zeam',
]

/** The client that an agent text like `ream/0.1` names: one of the known, `other`, or `unknown` for none. */
export function clientName(agent: string): string {
  if (agent === '') return 'unknown'
  const name = agent.toLowerCase()
  return CLIENTS.find((client) => name.startsWith(client)) ?? 'other'
}
