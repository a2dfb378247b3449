import { unescape as decoded } from 'node:querystring'

/** What `fetch` is given for a URL that may say how to log in: it refuses such a URL itself. The address can be shown. */
export function withLogin(url: string): {
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
} {
  const address = new URL(url)
  const { username, password } = address
  if (username === '' && password === '') return { address: url, headers: {} }
  address.username = ''
  address.password = ''
  // Unlike decodeURIComponent it lets a % that encodes nothing stand for itself.
  const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')
  return { address: address.href, headers: { authorization: `Basic ${login}` } }
}
