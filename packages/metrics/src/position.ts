import type { Slot } from '@trine/types'

/** Where the chain stands, for what is computed from it at every scrape. */
export type Position = { head: Slot; finalized: Slot }
