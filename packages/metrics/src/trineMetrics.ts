import * as buckets from './buckets.ts'
import { counter, gauge, histogram } from './definition.ts'

const LANE = ['actor', 'lane'] as const

/** What only this node tells. */
export const TRINE_METRICS = {
  buildInfo: gauge('trine_build_info', 'Build, always 1', ['version', 'runtime']),

  mailboxDepth: gauge('trine_mailbox_depth', 'Messages waiting', LANE),
  mailboxDeepest: gauge('trine_mailbox_deepest', 'Most messages that ever waited', LANE),
  mailboxCapacity: gauge('trine_mailbox_capacity', 'Messages that may wait', LANE),
  mailboxAccepted: counter('trine_mailbox_accepted_total', 'Messages taken in', LANE),
  mailboxHandled: counter('trine_mailbox_handled_total', 'Messages handled', LANE),
  mailboxRefused: counter('trine_mailbox_refused_total', 'Messages refused by a full lane', LANE),
  mailboxDropped: counter('trine_mailbox_dropped_total', 'Messages pushed out of a full lane', LANE),
  mailboxWait: counter('trine_mailbox_wait_seconds_total', 'Time messages waited, summed', LANE),
  mailboxWaitMax: gauge('trine_mailbox_wait_max_seconds', 'Longest that a message waited', LANE),
  mailboxBusy: counter('trine_mailbox_busy_seconds_total', 'Time spent on messages, summed', LANE),
  mailboxBusyMax: gauge('trine_mailbox_busy_max_seconds', 'Longest time spent on one message', LANE),
  actorRestarts: counter('trine_actor_restarts_total', 'Times a service began anew', ['actor']),
  actorFailures: counter('trine_actor_failures_total', 'Messages that a service failed at', ['actor']),
  actorStaleResults: counter('trine_actor_stale_results_total', 'Results that came for nobody', ['actor']),

  tickLateness: histogram(
    'trine_tick_lateness_seconds',
    'How long after its time a tick came',
    buckets.LATENESS,
  ),
  intervalsSkipped: counter('trine_intervals_skipped_total', 'Intervals without a tick'),
  clockSteps: counter('trine_clock_steps_total', 'Times the wall clock was set'),
  clockStep: gauge('trine_clock_last_step_seconds', 'By how much it was set last, negative for back'),
  clockOffset: gauge('trine_clock_offset_seconds', 'Wall clock ahead of a reference, NaN while unknown'),
  secondsToGenesis: gauge('trine_seconds_to_genesis', 'Seconds to genesis, 0 after it'),

  slotsWithoutFinality: gauge('trine_slots_without_finality', 'Current slot less the latest finalized slot'),
  headLag: gauge('trine_head_lag_slots', 'Current slot less the slot of the head'),
  backfillLowest: gauge(
    'trine_backfill_lowest_slot',
    'Lowest slot of the blocks fetched from before a checkpoint',
  ),
  networkValidators: gauge('trine_network_validators', 'Validators of the network'),
  blocks: counter('trine_blocks_imported_total', 'Blocks imported', ['origin']),
  blockImportTime: histogram(
    'trine_block_import_time_seconds',
    'From the arrival of a block to the end of its import, all waiting included',
    buckets.IMPORT,
    ['origin'],
  ),
  blocksRejected: counter('trine_blocks_rejected_total', 'Blocks not imported', ['reason']),
  blocksWaiting: counter('trine_blocks_waiting_total', 'Blocks that had to wait', ['waits_for']),
  attestations: counter('trine_attestations_total', 'Votes taken', ['origin']),
  attestationsRejected: counter('trine_attestations_rejected_total', 'Votes refused', ['reason']),
  equivocations: counter('trine_equivocations_total', 'Validators caught contradicting themselves', ['kind']),
  finalityConflicts: counter('trine_finality_conflicts_total', 'Facts about finality that contradict others'),
  verificationBatch: histogram(
    'trine_verification_batch_signatures',
    'Signatures verified at one time',
    buckets.BATCH,
  ),
  verificationBatchTime: histogram(
    'trine_verification_batch_time_seconds',
    'Time for a batch of signatures, waiting for a worker included',
    buckets.IMPORT,
  ),

  duties: counter('trine_duties_total', 'Duties by how they ended', ['kind', 'outcome']),
  dutyTime: histogram('trine_duty_step_time_seconds', 'Time for the steps of a duty', buckets.EXCHANGE, [
    'kind',
    'step',
  ]),
  dutiesPaused: gauge('trine_duties_paused', '1 while no duties are done'),
  validatorsStopped: counter('trine_validators_stopped_total', 'Validators stopped: seen signing elsewhere'),

  gossipReceived: counter('trine_gossip_received_total', 'Messages from gossip', ['kind']),
  gossipReceivedBytes: counter('trine_gossip_received_bytes_total', 'Bytes from gossip, before compression', [
    'kind',
  ]),
  gossipJudged: counter('trine_gossip_judged_total', 'Verdicts on messages from gossip', ['kind', 'verdict']),
  gossipPublished: counter('trine_gossip_published_total', 'Messages published', ['kind']),
  gossipPublishedBytes: counter('trine_gossip_published_bytes_total', 'Bytes published, before compression', [
    'kind',
  ]),
  gossipArrival: histogram(
    'trine_gossip_arrival_delay_seconds',
    'Arrival beside the interval that a message is due in: so long before it, after its beginning, after its end',
    buckets.ARRIVAL,
    ['kind', 'position'],
  ),
  requests: counter('trine_requests_total', 'Requests by how they ended', ['direction', 'method', 'outcome']),
  requestTime: histogram('trine_request_time_seconds', 'Time of requests', buckets.EXCHANGE, [
    'direction',
    'method',
  ]),
  peerScore: gauge('trine_peer_score', 'What is thought of connected peers, 0 at best', ['peer']),
  peerOffences: counter('trine_peer_offences_total', 'Times a peer lost of its score'),
  openStreams: gauge('trine_open_streams', 'Streams of all connections that neither side has ended'),
  peerBans: counter('trine_peer_bans_total', 'Peers banned'),

  storageBytes: gauge('trine_storage_bytes', 'Bytes on disk', ['part']),
  storeFailures: counter('trine_store_failures_total', 'Times the block store could not write'),
  storeUnwritten: gauge('trine_store_unwritten_blocks', 'Blocks that wait to be written after a failure'),
  diskFree: gauge('trine_disk_free_bytes', 'Room left on the disk of the data folder'),
  diskSize: gauge('trine_disk_size_bytes', 'Size of that disk'),

  xmssWorkers: gauge('trine_xmss_workers', 'Threads for signatures'),
  xmssBusyWorkers: gauge('trine_xmss_busy_workers', 'Threads that are at work'),
  xmssPendingVerifications: gauge('trine_xmss_pending_verifications', 'Signatures to be verified'),
  xmssPendingSignatures: gauge('trine_xmss_pending_signatures', 'Signatures to be made'),
  xmssPendingBackground: gauge('trine_xmss_pending_background_tasks', 'Pieces of key preparation to be done'),
  xmssCrashes: counter('trine_xmss_worker_crashes_total', 'Threads that ended unexpectedly'),

  keyRemaining: gauge('trine_key_remaining_slots', 'Slots until the first key of this node runs out'),
  historyRemaining: gauge(
    'trine_history_remaining_slots',
    'Slots until the history of the state is full and the network ends',
  ),
  errors: counter('trine_metrics_errors_total', 'Events and sources that metrics could not take'),
}
