import * as buckets from './buckets.ts'
import { counter, gauge, histogram } from './definition.ts'

/**
 * The standard names that mean something without aggregation (leanMetrics at c1b3ef8), with its labels and bounds.
 * `lean_is_aggregator` is here to say 0, which boards of mixed networks ask for.
 */
export const LEAN_METRICS = {
  nodeInfo: gauge('lean_node_info', 'Node information, always 1', ['name', 'version']),
  nodeStartTime: gauge('lean_node_start_time_seconds', 'When the node started, Unix time'),

  signaturesMade: counter(
    'lean_pq_sig_attestation_signatures_total',
    'Signatures made by the validators of this node, those of proposers in their blocks included',
  ),
  signaturesValid: counter(
    'lean_pq_sig_attestation_signatures_valid_total',
    'Signatures verified and found valid',
  ),
  signaturesInvalid: counter(
    'lean_pq_sig_attestation_signatures_invalid_total',
    'Signatures verified and found invalid',
  ),
  signingTime: histogram(
    'lean_pq_sig_attestation_signing_time_seconds',
    'Time to make a signature, waiting for a worker included',
    buckets.SHORT,
  ),
  verificationTime: histogram(
    'lean_pq_sig_attestation_verification_time_seconds',
    'Time to verify a signature: its share of the batch it was verified in',
    buckets.SHORT,
  ),

  buildingTime: histogram(
    'lean_block_building_time_seconds',
    'Time to build a block, without its signature',
    buckets.PRODUCTION,
  ),
  buildingSuccess: counter('lean_block_building_success_total', 'Blocks built'),
  buildingFailures: counter('lean_block_building_failures_total', 'Blocks that could not be built'),

  headSlot: gauge('lean_head_slot', 'Slot of the head'),
  currentSlot: gauge('lean_current_slot', 'Slot by the clock, 0 before genesis'),
  safeTargetSlot: gauge('lean_safe_target_slot', 'Slot of the safe target'),
  blockProcessingTime: histogram(
    'lean_fork_choice_block_processing_time_seconds',
    'Time to import a block: state transition and fork choice, without signatures and waiting',
    buckets.BLOCK,
  ),
  attestationsValid: counter(
    'lean_attestations_valid_total',
    'Votes that the fork choice took: from gossip, from blocks and own',
  ),
  attestationsInvalid: counter('lean_attestations_invalid_total', 'Votes that should not have been sent'),
  attestationValidationTime: histogram(
    'lean_attestation_validation_time_seconds',
    'From the turn of a vote from gossip to its verdict, verification included',
    buckets.SHORT,
  ),
  reorgs: counter('lean_fork_choice_reorgs_total', 'How often the head left its branch'),
  reorgDepth: histogram(
    'lean_fork_choice_reorg_depth',
    'Blocks of the old branch that the head left',
    buckets.REORG_DEPTH,
  ),
  syncStatus: gauge('lean_node_sync_status', 'Sync status: 1 at the present one', ['status']),
  tickDuration: histogram(
    'lean_tick_interval_duration_seconds',
    'Time from one tick to the next, where no interval was left out',
    buckets.TICK,
  ),

  latestJustifiedSlot: gauge('lean_latest_justified_slot', 'Slot of the latest justified checkpoint'),
  latestFinalizedSlot: gauge('lean_latest_finalized_slot', 'Slot of the latest finalized checkpoint'),
  justifiedSlot: gauge('lean_justified_slot', 'Slot of the justified checkpoint'),
  finalizedSlot: gauge('lean_finalized_slot', 'Slot of the finalized checkpoint'),
  finalizations: counter(
    'lean_finalizations_total',
    'Finalizations; error: one that contradicts an earlier one',
    ['result'],
  ),
  transitionTime: histogram(
    'lean_state_transition_time_seconds',
    'Time for a whole state transition; blocks built here do not need one',
    buckets.TRANSITION,
  ),
  transitionSlots: counter('lean_state_transition_slots_processed_total', 'Slots that states went through'),
  transitionSlotsTime: histogram(
    'lean_state_transition_slots_processing_time_seconds',
    'Time for the slots of a state transition',
    buckets.SHORT,
  ),
  transitionBlockTime: histogram(
    'lean_state_transition_block_processing_time_seconds',
    'Time for the block of a state transition, header and votes',
    buckets.SHORT,
  ),
  transitionAttestations: counter(
    'lean_state_transition_attestations_processed_total',
    'Votes in blocks that states went through',
  ),
  transitionAttestationsTime: histogram(
    'lean_state_transition_attestations_processing_time_seconds',
    'Time for the votes of a state transition',
    buckets.SHORT,
  ),

  validatorsCount: gauge('lean_validators_count', 'Validators that this node has the keys of'),
  isAggregator: gauge('lean_is_aggregator', 'Always 0: devnet-1 has no aggregators'),
  attestationProductionTime: histogram(
    'lean_attestations_production_time_seconds',
    'Time to make a vote: data, ledger and signature',
    buckets.PRODUCTION,
  ),

  connectedPeers: gauge(
    'lean_connected_peers',
    'Connected peers by name, else by the client they say they are',
    ['client'],
  ),
  connectionEvents: counter('lean_peer_connection_events_total', 'Connections made and tried', [
    'direction',
    'result',
  ]),
  disconnectionEvents: counter('lean_peer_disconnection_events_total', 'Connections that ended', [
    'direction',
    'reason',
  ]),
  meshPeers: gauge('lean_gossip_mesh_peers', 'Peers that gossip goes to directly', ['client']),
  gossipBlockSize: histogram(
    'lean_gossip_block_size_bytes',
    'Bytes of blocks from gossip, before compression',
    buckets.BLOCK_SIZE,
  ),
  gossipAttestationSize: histogram(
    'lean_gossip_attestation_size_bytes',
    'Bytes of votes from gossip, before compression',
    buckets.ATTESTATION_SIZE,
  ),
}
