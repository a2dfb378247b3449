import { setup } from 'xstate'
import type { SyncLimits } from './limits.ts'

/**
 * How far we are behind what peers tell: `alone` when none tells anything that can be believed, `stuck` when what they
 * tell is far but cannot be had.
 */
export type Distance = 'alone' | 'close' | 'between' | 'far' | 'stuck'

/**
 * idle -> syncing -> synced, with hysteresis both ways: a node is syncing only after it was far behind for a while, and
 * synced only after it was close for a while. Without peers nothing is known: a node that was syncing goes on waiting
 * for them for a time, one that was synced is idle.
 */
export function createSyncMachine({ slipDelay, settleDelay, abandonDelay }: SyncLimits) {
  return setup({
    types: { events: {} as { type: Distance } },
    delays: { slipDelay, settleDelay, abandonDelay },
  }).createMachine({
    id: 'sync',
    initial: 'idle',
    states: {
      idle: { on: { close: 'synced', between: 'synced', stuck: 'synced', far: 'syncing' } },
      syncing: {
        initial: 'behind',
        on: { alone: '.waiting', close: '.closing', between: '.behind', far: '.behind', stuck: 'synced' },
        states: {
          behind: {},
          closing: { after: { settleDelay: '#sync.synced' } },
          waiting: { after: { abandonDelay: '#sync.idle' } },
        },
      },
      synced: {
        initial: 'level',
        on: { alone: 'idle', close: '.level', between: '.level', stuck: '.level', far: '.slipping' },
        states: {
          level: {},
          slipping: { after: { slipDelay: '#sync.syncing' } },
        },
      },
    },
  })
}
