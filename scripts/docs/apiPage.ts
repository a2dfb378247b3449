/** The page on the HTTP API, from the description that a node serves of itself. */
import { VirtualScheduler } from '@trine/actors'
import { type ApiRefs, createApi, createEventHub } from '@trine/api'
import { generateGenesis, genesisBlock } from '@trine/state-transition'

type Schema = { type?: string | string[]; enum?: unknown[]; default?: unknown }
type Operation = {
  summary: string
  tags: [string]
  parameters?: { in: string; name: string; required: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, unknown> }
  responses: Record<string, { description: string; content?: Record<string, unknown> }>
}
type Description = { paths: Record<string, Record<string, Operation>> }

/** Nobody is asked while the API describes itself. */
async function describeItself(): Promise<Description> {
  const genesis = generateGenesis(0, [{ pubkey: new Uint8Array(52), index: 0 }])
  if (!genesis.ok) throw new Error(genesis.error.code)
  const api = createApi({
    scheduler: new VirtualScheduler(),
    timing: { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
    refs: {} as ApiRefs,
    events: createEventHub(console.error),
    figures: () => [],
    onError: console.error,
    servesValidators: true,
    identity: {
      name: '',
      version: '',
      addresses: [],
      networkName: '',
      genesisRoot: '0x',
      signatureEncoding: 'ssz3112',
      anchorBlock: genesisBlock(genesis.value),
    },
  })
  const response = await api.server.inject('/lean/v0/openapi.json')
  await api.close()
  return response.json() as Description
}

function parametersOf({ parameters = [], requestBody }: Operation): string {
  const named = parameters.map(({ name, required, schema }) => {
    const fallback = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`
    return `\`${name}${fallback}\`${required ? '' : ' (optional)'}`
  })
  const body = Object.keys(requestBody?.content ?? {}).map((kind) => `body: ${kind}`)
  return [...named, ...body].join(', ')
}

function answersOf({ responses }: Operation): string {
  const kinds = Object.keys(responses['200']?.content ?? {})
  return kinds.map((kind) => `\`${kind}\``).join(', ')
}

export async function apiPage(): Promise<string> {
  const operations = Object.entries((await describeItself()).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0]))]
  const sections = tags.map((tag) => {
    const rows = operations
      .filter(({ operation }) => operation.tags[0] === tag)
      .map(({ path, method, operation }) => {
        const cells = [
          `\`${method} ${path}\``,
          operation.summary,
          parametersOf(operation),
          answersOf(operation),
        ]
        return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
      })
    const title = `${tag[0]!.toUpperCase()}${tag.slice(1)}`
    return `## ${title}\n\n| route | what | takes | answers with |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# The HTTP API

<!-- Made from the routes by "npm run docs:pages". -->

A running node describes all of this for machines, the shape of every answer included, as OpenAPI 3.1 at
\`/lean/v0/openapi.json\`. Refusals are JSON, \`{"code", "message"}\`, with an honest status. What the answers mean, the topics of the
event stream and the limits stand in [the package of the API](../../packages/api/README.md).

${sections.join('\n')}`
}
