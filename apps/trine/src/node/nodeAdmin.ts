import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { writeHeapSnapshot } from 'node:v8'
import type { Scheduler } from '@trine/actors'
import { type AdminActions, type Api, createAdmin } from '@trine/api'
import type { NodeConfig } from '@trine/config'
import { isComponent, isLevel, type Logs } from '@trine/logs'
import { failure, success } from '@trine/types'
import { writeFileAtomic } from '@trine/xmss/node'
import { readAdminToken } from '../admin/adminToken.ts'
import { examineNode } from '../doctor/doctor.ts'
import { UserError } from '../userError.ts'
import { withFileErrors } from '../userInput.ts'
import { version } from '../version.ts'
import type { OpenNode } from './openNode.ts'
import type { Watches } from './watchNode.ts'

const SHORTEST_TOKEN = 16

export type NodeAdminParts = {
  readonly config: NodeConfig
  readonly opened: OpenNode
  readonly logs: Logs
  readonly scheduler: Scheduler
  readonly watches: Watches
  readonly onError: (error: unknown) => void
}

/** What changes the node, for whoever has the token. Files that it makes go to the data folder. */
export async function createNodeAdmin(tokenFile: string, parts: NodeAdminParts): Promise<Api> {
  const { opened, scheduler, onError } = parts
  return createAdmin({
    scheduler,
    refs: opened.node.refs,
    version: `trine/${version}`,
    token: await readToken(tokenFile),
    actions: actionsOf(parts),
    onError,
  })
}

/** The token in a file; a file that is not there is made, for the owner alone. */
async function readToken(file: string): Promise<string> {
  return withFileErrors(file, async () => {
    if (!existsSync(file)) await makeToken(file)
    const token = await readAdminToken(file)
    if (token.length >= SHORTEST_TOKEN) return token
    throw new UserError(
      `${file}: expected a token of at least ${SHORTEST_TOKEN} characters, got ${token.length}`,
    )
  })
}

async function makeToken(file: string): Promise<void> {
  try {
    await writeFileAtomic(file, `${randomBytes(24).toString('base64url')}\n`, 'create', 0o600)
  } catch (error) {
    // Nodes that share it start at the same time: one of them makes it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function actionsOf({ config, opened, logs, scheduler, watches }: NodeAdminParts): AdminActions {
  const { blockStore, setup } = opened
  const fileOf = (kind: string, extension: string) =>
    join(setup.dataFolder, `${kind}-${new Date().toISOString().replaceAll(':', '-')}.${extension}`)
  return {
    logs: {
      levels: () => logs.levels,
      set: (level, component) => {
        if (!isLevel(level) || (component !== undefined && !isComponent(component))) return false
        logs.setLevel(component ?? 'all', level)
        return true
      },
    },
    backup: async () => {
      const file = fileOf('backup', 'trinebackup')
      const written = await blockStore.backup(file)
      return written.ok
        ? success({ file, ...written.value })
        : failure({ code: 'UNAVAILABLE', message: written.error.message })
    },
    heapSnapshot: async () => success({ file: writeHeapSnapshot(fileOf('heap', 'heapsnapshot')) }),
    doctor: async () => success({ checks: await examineNode(opened, config, scheduler) }),
    bundle: async () => success(await watches.bundles.write({ word: 'asked', detail: 'by the admin route' })),
    cpuProfile: async (seconds) => {
      const file = fileOf('cpu', 'cpuprofile')
      await writeFile(file, JSON.stringify(await profileFor(seconds)))
      return success({ file, seconds })
    },
  }
}

async function profileFor(seconds: number): Promise<unknown> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    return (await session.post('Profiler.stop')).profile
  } finally {
    session.disconnect()
  }
}
