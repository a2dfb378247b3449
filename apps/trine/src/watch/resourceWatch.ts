import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { EventSource } from '@trine/api'
import type { Line, Logs } from '@trine/logs'

/** How the disk and the memory of a node stand, bytes. */
export type Resources = {
  readonly diskFree: number
  readonly diskSize: number
  readonly resident: number
  /** Of the container, or else of the machine. */
  readonly memory: number
  readonly heapUsed: number
  readonly heapLimit: number
}

/** Slots between two looks: a minute. */
const LOOK_SLOTS = 15
/** Looks between two warnings of the same: an hour. */
const REMINDER_LOOKS = 60
const LITTLE_ROOM = 2e9
const LITTLE_SHARE = 0.05
const FULL_SHARE = 0.85

/** Warns of a disk and a memory that fill up, long before they are full. */
export function watchResources(
  events: EventSource,
  logs: Pick<Logs, 'log'>,
  read: () => Promise<Resources>,
): () => void {
  const reminders = new Map<string, number>()
  const look = async () => {
    const lines = warningsOf(await read())
    for (const line of lines) {
      const looks = reminders.get(line.message) ?? 0
      if (looks % REMINDER_LOOKS === 0) logs.log(line)
      reminders.set(line.message, looks + 1)
    }
    for (const message of reminders.keys()) {
      if (!lines.some((line) => line.message === message)) reminders.delete(message)
    }
  }
  let last = Number.NEGATIVE_INFINITY
  return events.subscribe((event) => {
    if (event.type !== 'intervalBegan' || event.slot < last + LOOK_SLOTS) return
    last = event.slot
    // What cannot be read now may be read in a minute.
    look().catch(() => {})
  })
}

/** The lines that are due with these figures. */
export function warningsOf({ diskFree, diskSize, resident, memory, heapUsed, heapLimit }: Resources): Line[] {
  const lines: Line[] = []
  if (diskFree < LITTLE_ROOM || diskFree / diskSize < LITTLE_SHARE) {
    lines.push({
      component: 'storage',
      level: 'warn',
      message: 'the disk is nearly full',
      fields: { free_mb: Math.round(diskFree / 1e6) },
      advice: 'make room: a smaller --retain-slots, trine db compact; a full disk takes no blocks',
    })
  }
  const [used, limit] = heapUsed / heapLimit > resident / memory ? [heapUsed, heapLimit] : [resident, memory]
  if (used / limit > FULL_SHARE) {
    lines.push({
      component: 'node',
      level: 'warn',
      message: 'memory is nearly used up',
      fields: { used_mb: Math.round(used / 1e6), limit_mb: Math.round(limit / 1e6) },
      advice:
        'without finality the block tree grows; give more (NODE_OPTIONS=--max-old-space-size=MB, the container)',
    })
  }
  return lines
}

/** The figures of this process and of the disk that a folder is on. */
export async function readResources(folder: string): Promise<Resources> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const { rss, heapUsed } = process.memoryUsage()
  // 0 and absurdly large numbers stand for no limit.
  const constrained = process.constrainedMemory()
  return {
    diskFree: bavail * bsize,
    diskSize: blocks * bsize,
    resident: rss,
    memory: constrained > 0 ? Math.min(constrained, totalmem()) : totalmem(),
    heapUsed,
    heapLimit: getHeapStatistics().heap_size_limit,
  }
}
