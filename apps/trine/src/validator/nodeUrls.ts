import { withoutSecrets } from '@trine/config'
import type { RemoteNode } from '@trine/validator-client'
import { UserError } from '../userError.ts'

const MOST_NODES = 16

/** The nodes of `--api`, named by host and port. */
export function parseNodeUrls(texts: readonly string[]): RemoteNode[] {
  const nodes = texts.map(parseNodeUrl)
  if (nodes.length === 0 || nodes.length > MOST_NODES) {
    throw new UserError(
      `--api: expected 1 to ${MOST_NODES} URLs like http://127.0.0.1:5052, got ${nodes.length}`,
    )
  }
  const twice = nodes.find(({ url }, index) => nodes.findIndex((other) => other.url === url) !== index)
  if (twice !== undefined) throw new UserError(`--api: expected every node once, got ${twice.url} twice`)
  return nodes
}

function parseNodeUrl(text: string): RemoteNode {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.search + url.hash === ''
  if (!isPlain) {
    const shown = url === undefined ? withoutSecrets(text) : `${url.protocol}//${url.host}${url.pathname}`
    throw new UserError(`--api: expected a URL like http://127.0.0.1:5052, got "${shown}"`)
  }
  if (url.username + url.password !== '') {
    throw new UserError(`--api: expected a URL without user name and password, got one for ${url.host}`)
  }
  const path = url.pathname.replace(/\/+$/, '')
  return { name: `${url.host}${path}`, url: `${url.origin}${path}` }
}
