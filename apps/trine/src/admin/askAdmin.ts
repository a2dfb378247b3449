import { readLimited } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { readOrUserError } from '../userInput.ts'

const LONGEST_TOKEN_FILE = 4096
/** A running node takes its time to look at its peers and clocks. */
const PATIENCE_MILLISECONDS = 120_000

/** How the admin routes of a running node are reached. */
export type AdminFlags = {
  readonly adminUrl?: string | undefined
  readonly adminTokenFile?: string | undefined
}

/** Has a running node do something; gives what it reports. What is wrong with URL, token or node is a UserError. */
export async function askAdmin(
  { adminUrl, adminTokenFile }: AdminFlags,
  action: string,
): Promise<Record<string, unknown>> {
  if (adminUrl === undefined || !URL.canParse(adminUrl)) {
    throw new UserError(
      `--admin-url: expected the URL of a node's admin routes, got ${adminUrl ?? 'nothing'}`,
    )
  }
  if (adminTokenFile === undefined) {
    throw new UserError("--admin-token-file: expected the file with the node's token, got nothing")
  }
  const bytes = await readOrUserError(adminTokenFile, (file) => readLimited(file, LONGEST_TOKEN_FILE))
  const token = new TextDecoder().decode(bytes).trim()
  const url = `${adminUrl.replace(/\/$/, '')}/lean/v0/admin/${action}`
  const response = await ask(url, token)
  const report = (await response.json().catch(() => ({}))) as Record<string, unknown>
  if (response.ok) return report
  throw new UserError(`${url}: ${response.status} ${String(report['message'] ?? response.statusText)}`)
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
