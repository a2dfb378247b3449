/** Answers of the node's HTTP API (packages/api/README.md), as far as the page reads them. */

export type ApiReference = { slot: number; root: string }
export type ApiVote = {
  validator_index: number
  slot: number
  head: ApiReference
  target: ApiReference
  source: ApiReference
  origin: 'gossip' | 'block' | 'own'
  seen_at: number
  in_block: boolean
}
export type ApiDuty = {
  kind: 'block' | 'attestation'
  slot: number
  validator_index: number
  outcome: 'published' | 'skipped' | 'failed'
  reason: string
  data_time: number
  reserve_time: number
  sign_time: number
}

export type ChainAnswer = {
  slot: number
  interval: number
  head: ApiReference
  safe_target: ApiReference
  justified: ApiReference
  finalized: ApiReference
  validator_count: number
}
export type ForkChoiceAnswer = {
  nodes: { root: string; slot: number; parent_root: string; proposer_index: number; weight: number }[]
}
export type HeaderAnswer = { root: string; slot: number; parent_root: string; proposer_index: number }
export type ClockAnswer = { genesis_time: number; last_tick: { slot: number; interval: number } | null }
export type SpecAnswer = { INTERVALS_PER_SLOT: number; MILLISECONDS_PER_INTERVAL: number }
export type IdentityAnswer = { name: string; version: string }
export type VotesAnswer = { slots: number[]; attestations: ApiVote[]; total: number }
export type DutiesAnswer = {
  paused_because: string | null
  validators: { validator_index: number; last_results: ApiDuty[]; key_end_slot: number | null }[]
  total: number
}
export type PeersAnswer = {
  peers: {
    peer_id: string
    direction: 'inbound' | 'outbound'
    agent: string
    score: number
    latency?: number | null
    status: { finalized: ApiReference; head: ApiReference } | null
  }[]
}
export type MailboxesAnswer = {
  actors: {
    actor: string
    state: string
    restarts: number
    failures: number
    lanes: {
      lane: string
      capacity: number
      depth: number
      deepest: number
      handled: number
      refused: number
      dropped: number
      wait_total: number
      wait_max: number
      busy_total: number
    }[]
  }[]
}
export type SyncingAnswer = { state: 'idle' | 'syncing' | 'synced'; head_slot: number; target_slot: number }
export type EvidenceAnswer = {
  evidence: {
    kind: 'two_votes' | 'two_blocks'
    validator_index?: number
    proposer_index?: number
    slot: number
    is_proof?: boolean
  }[]
}
