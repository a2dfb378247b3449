import { AT, figure, graph, level, NODE, quantile, type Row, rate, spread } from './panel.ts'

/** What the node does: consensus and duties. */
export const CONSENSUS_ROWS: readonly Row[] = [
  {
    title: 'At a glance',
    panels: [
      figure('Nodes', 'none', [level('lean_node_info'), '{{name}} {{version}}']),
      figure('Slot', 'none', [level('lean_current_slot'), NODE]),
      figure('Finalized', 'none', [level('lean_latest_finalized_slot'), NODE]),
      figure('Slots without finality', 'none', [level('trine_slots_without_finality'), NODE]),
      figure('Sync status', 'none', [`${level('lean_node_sync_status')} == 1`, '{{instance}} {{status}}']),
      figure('Peers', 'none', [`sum by (instance) (${level('lean_connected_peers')})`, NODE]),
      figure('Validators', 'none', [level('lean_validators_count'), NODE]),
      figure('Duties missed in an hour', 'none', [
        `sum by (instance) (increase(trine_duties_total{${AT}, outcome="failed"}[1h]))`,
        NODE,
      ]),
    ],
  },
  {
    title: 'Consensus',
    panels: [
      graph(
        'Slots',
        'none',
        [level('lean_head_slot'), '{{instance}} head'],
        [level('lean_safe_target_slot'), '{{instance}} safe target'],
        [level('lean_justified_slot'), '{{instance}} justified'],
        [level('lean_finalized_slot'), '{{instance}} finalized'],
      ),
      graph('Head behind the clock', 'none', [level('trine_head_lag_slots'), NODE]),
      graph('Finalizations', 'ops', [
        rate('lean_finalizations_total', 'instance, result'),
        '{{instance}} {{result}}',
      ]),
      graph('Blocks imported', 'ops', [
        rate('trine_blocks_imported_total', 'instance, origin'),
        '{{instance}} {{origin}}',
      ]),
      spread('Block: arrival to import', 's', 'trine_block_import_time_seconds'),
      spread('Block: processing', 's', 'lean_fork_choice_block_processing_time_seconds'),
      graph(
        'State transition, 95 %',
        's',
        [quantile(0.95, 'lean_state_transition_time_seconds'), '{{instance}} whole'],
        [quantile(0.95, 'lean_state_transition_slots_processing_time_seconds'), '{{instance}} slots'],
        [quantile(0.95, 'lean_state_transition_block_processing_time_seconds'), '{{instance}} block'],
        [quantile(0.95, 'lean_state_transition_attestations_processing_time_seconds'), '{{instance}} votes'],
      ),
      graph(
        'Work of state transitions',
        'ops',
        [rate('lean_state_transition_slots_processed_total'), '{{instance}} slots'],
        [rate('lean_state_transition_attestations_processed_total'), '{{instance}} votes'],
      ),
      graph(
        'Votes',
        'ops',
        [rate('trine_attestations_total', 'instance, origin'), '{{instance}} {{origin}}'],
        [rate('lean_attestations_valid_total'), '{{instance}} valid'],
        [rate('lean_attestations_invalid_total'), '{{instance}} invalid'],
      ),
      spread('Vote: turn to verdict', 's', 'lean_attestation_validation_time_seconds'),
      graph(
        'Reorganizations',
        'none',
        [`increase(lean_fork_choice_reorgs_total{${AT}}[$__rate_interval])`, NODE],
        [`lean_fork_choice_reorg_depth_sum{${AT}}`, '{{instance}} blocks left, all in all'],
      ),
      graph(
        'Refused, waiting, contradicting',
        'ops',
        [rate('trine_blocks_rejected_total', 'instance, reason'), '{{instance}} block {{reason}}'],
        [rate('trine_blocks_waiting_total', 'instance, waits_for'), '{{instance}} waits for {{waits_for}}'],
        [rate('trine_attestations_rejected_total', 'instance, reason'), '{{instance}} vote {{reason}}'],
        [rate('trine_equivocations_total', 'instance, kind'), '{{instance}} {{kind}}'],
        [rate('trine_finality_conflicts_total'), '{{instance}} finality conflicts'],
      ),
    ],
  },
  {
    title: 'Duties',
    panels: [
      graph('Duties', 'ops', [
        rate('trine_duties_total', 'instance, kind, outcome'),
        '{{instance}} {{kind}} {{outcome}}',
      ]),
      graph('Steps of a duty, 95 %', 's', [
        quantile(0.95, 'trine_duty_step_time_seconds', 'instance, kind, step'),
        '{{instance}} {{kind}} {{step}}',
      ]),
      spread('Vote: data, ledger, signature', 's', 'lean_attestations_production_time_seconds'),
      spread('Block building', 's', 'lean_block_building_time_seconds'),
      graph(
        'Blocks built',
        'ops',
        [rate('lean_block_building_success_total'), '{{instance}} built'],
        [rate('lean_block_building_failures_total'), '{{instance}} failed'],
      ),
      graph(
        'Duties paused, validators stopped',
        'none',
        [level('trine_duties_paused'), '{{instance}} paused'],
        [level('trine_validators_stopped_total'), '{{instance}} stopped'],
      ),
    ],
  },
]
