import { withoutSecrets } from '@trine/config'
import type { z } from 'zod'
import { UserError } from '../userError.ts'
import { readAdminToken } from './adminToken.ts'

/** A running node takes its time to look at its peers and clocks. */
const PATIENCE_MILLISECONDS = 120_000

/** How the admin routes of a running node are reached. */
export type AdminFlags = {
  readonly adminUrl?: string | undefined
  readonly adminTokenFile?: string | undefined
}

/**
 * Has a running node do something; gives what it reports, which must have this shape. What is wrong with URL, token, node or
 * report is a UserError.
 */
export async function askAdmin<Report>(
  { adminUrl, adminTokenFile }: AdminFlags,
  action: string,
  shape: z.ZodType<Report>,
): Promise<Report> {
  const base = checkUrl(adminUrl)
  if (adminTokenFile === undefined) {
    throw new UserError("--admin-token-file: expected the file with the node's token, got nothing")
  }
  const token = await readAdminToken(adminTokenFile)
  const url = `${base.replace(/\/$/, '')}/lean/v0/admin/${action}`
  const response = await ask(url, token)
  const answer = (await response.json().catch(() => undefined)) as { readonly message?: unknown } | undefined
  if (!response.ok) {
    throw new UserError(`${url}: ${response.status} ${String(answer?.message ?? response.statusText)}`)
  }
  const report = shape.safeParse(answer)
  if (report.success) return report.data
  throw new UserError(`${url}: expected what a node reports of ${action}, got something else`)
}

function checkUrl(text: string | undefined): string {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined
  if (text === undefined || url === undefined || !/^https?:$/.test(url.protocol)) {
    const got = text === undefined ? 'nothing' : withoutSecrets(text)
    throw new UserError(`--admin-url: expected the URL of a node's admin routes, got ${got}`)
  }
  if (url.username + url.password === '') return text
  throw new UserError(
    `--admin-url: expected a URL without user name and password, got one for ${url.host}: the token logs in`,
  )
}

async function ask(url: string, token: string): Promise<Response> {
  try {
    const headers = { authorization: `Bearer ${token}` }
    return await fetch(url, { method: 'POST', headers, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) })
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException }
    throw new UserError(`${url}: expected a node that answers: ${cause?.code ?? message}`)
  }
}
