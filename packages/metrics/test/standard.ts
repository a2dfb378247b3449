/** The standard's names that mean something on devnet-1: kind, labels, bounds. Written down from leanMetrics c1b3ef8. */
export const STANDARD = `
lean_node_info gauge name,version -
lean_node_start_time_seconds gauge - -
lean_pq_sig_attestation_signatures_total counter - -
lean_pq_sig_attestation_signatures_valid_total counter - -
lean_pq_sig_attestation_signatures_invalid_total counter - -
lean_pq_sig_attestation_signing_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1
lean_pq_sig_attestation_verification_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1
lean_block_building_time_seconds histogram - 0.01 0.025 0.05 0.1 0.25 0.5 0.75 1
lean_block_building_success_total counter - -
lean_block_building_failures_total counter - -
lean_head_slot gauge - -
lean_current_slot gauge - -
lean_safe_target_slot gauge - -
lean_fork_choice_block_processing_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1 1.25 1.5 2 4
lean_attestations_valid_total counter - -
lean_attestations_invalid_total counter - -
lean_attestation_validation_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1
lean_fork_choice_reorgs_total counter - -
lean_fork_choice_reorg_depth histogram - 1 2 3 5 7 10 20 30 50 100
lean_node_sync_status gauge status -
lean_tick_interval_duration_seconds histogram - 0.5 0.75 0.95 0.99 1 1.005 1.01 1.015 1.02 1.025 1.05 1.1 1.25 1.5 2
lean_latest_justified_slot gauge - -
lean_latest_finalized_slot gauge - -
lean_justified_slot gauge - -
lean_finalized_slot gauge - -
lean_finalizations_total counter result -
lean_state_transition_time_seconds histogram - 0.25 0.5 0.75 1 1.25 1.5 2 2.5 3 4
lean_state_transition_slots_processed_total counter - -
lean_state_transition_slots_processing_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1
lean_state_transition_block_processing_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1
lean_state_transition_attestations_processed_total counter - -
lean_state_transition_attestations_processing_time_seconds histogram - 0.005 0.01 0.025 0.05 0.1 1
lean_validators_count gauge - -
lean_is_aggregator gauge - -
lean_attestations_production_time_seconds histogram - 0.01 0.025 0.05 0.1 0.25 0.5 0.75 1
lean_connected_peers gauge client -
lean_peer_connection_events_total counter direction,result -
lean_peer_disconnection_events_total counter direction,reason -
lean_gossip_mesh_peers gauge client -
lean_gossip_block_size_bytes histogram - 10000 50000 100000 250000 500000 1000000 2000000 5000000
lean_gossip_attestation_size_bytes histogram - 512 1024 2048 4096 8192 16384`
  .trim()
  .split('\n')
