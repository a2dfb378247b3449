import { AT, graph, level, NODE, quantile, type Row, rate, spread } from './panel.ts'

/** What it does it with. */
export const MACHINERY_ROWS: readonly Row[] = [
  {
    title: 'Clock',
    panels: [
      spread('Lateness of ticks', 's', 'trine_tick_lateness_seconds'),
      spread('From tick to tick', 's', 'lean_tick_interval_duration_seconds'),
      graph(
        'Steps and gaps',
        'none',
        [`increase(trine_clock_steps_total{${AT}}[$__rate_interval])`, '{{instance}} steps'],
        [
          `increase(trine_intervals_skipped_total{${AT}}[$__rate_interval])`,
          '{{instance}} intervals left out',
        ],
      ),
      graph('Offset of the wall clock', 's', [level('trine_clock_offset_seconds'), NODE]),
      graph(
        'Event loop',
        's',
        [level('nodejs_eventloop_lag_mean_seconds'), '{{instance}} mean'],
        [level('nodejs_eventloop_lag_p99_seconds'), '{{instance}} 99 %'],
      ),
    ],
  },
  {
    title: 'Network',
    panels: [
      graph('Peers', 'none', [
        `sum by (instance, client) (${level('lean_connected_peers')})`,
        '{{instance}} {{client}}',
      ]),
      graph('Mesh', 'none', [
        `sum by (instance, client) (${level('lean_gossip_mesh_peers')})`,
        '{{instance}} {{client}}',
      ]),
      graph(
        'Connections',
        'ops',
        [
          rate('lean_peer_connection_events_total', 'instance, direction, result'),
          '{{instance}} {{direction}} {{result}}',
        ],
        [rate('lean_peer_disconnection_events_total', 'instance, reason'), '{{instance}} ended: {{reason}}'],
      ),
      graph(
        'Gossip',
        'ops',
        [rate('trine_gossip_received_total', 'instance, kind'), '{{instance}} {{kind}} received'],
        [rate('trine_gossip_published_total', 'instance, kind'), '{{instance}} {{kind}} published'],
      ),
      graph(
        'Gossip, bytes',
        'Bps',
        [rate('trine_gossip_received_bytes_total', 'instance, kind'), '{{instance}} {{kind}} received'],
        [rate('trine_gossip_published_bytes_total', 'instance, kind'), '{{instance}} {{kind}} published'],
      ),
      graph(
        'Size, median',
        'bytes',
        [quantile(0.5, 'lean_gossip_block_size_bytes'), '{{instance}} block'],
        [quantile(0.5, 'lean_gossip_attestation_size_bytes'), '{{instance}} vote'],
      ),
      graph('Verdicts', 'ops', [
        rate('trine_gossip_judged_total', 'instance, kind, verdict'),
        '{{instance}} {{kind}} {{verdict}}',
      ]),
      graph('Arrival of blocks beside their interval, 95 %', 's', [
        quantile(0.95, 'trine_gossip_arrival_delay_seconds', 'instance, position', ', kind="block"'),
        '{{instance}} {{position}}',
      ]),
      graph('Arrival of votes beside their interval, 95 %', 's', [
        quantile(0.95, 'trine_gossip_arrival_delay_seconds', 'instance, position', ', kind="attestation"'),
        '{{instance}} {{position}}',
      ]),
      graph('Requests', 'ops', [
        rate('trine_requests_total', 'instance, direction, method, outcome'),
        '{{instance}} {{direction}} {{method}} {{outcome}}',
      ]),
      graph('Requests, 95 %', 's', [
        quantile(0.95, 'trine_request_time_seconds', 'instance, direction, method'),
        '{{instance}} {{direction}} {{method}}',
      ]),
      graph(
        'Scores',
        'none',
        [`min by (instance) (${level('trine_peer_score')})`, '{{instance}} worst peer'],
        [rate('trine_peer_offences_total'), '{{instance}} offences a second'],
        [rate('trine_peer_bans_total'), '{{instance}} bans a second'],
      ),
      graph('Open streams', 'none', [level('trine_open_streams'), NODE]),
      graph('Blocks fetched from before a checkpoint: lowest slot', 'none', [
        level('trine_backfill_lowest_slot'),
        NODE,
      ]),
    ],
  },
  {
    title: 'Mailboxes',
    panels: [
      graph('Depth', 'none', [
        `topk(12, ${level('trine_mailbox_depth')})`,
        '{{instance}} {{actor}} {{lane}}',
      ]),
      graph('Deepest so far', 'none', [
        `topk(12, ${level('trine_mailbox_deepest')})`,
        '{{instance}} {{actor}} {{lane}}',
      ]),
      graph('Time waited, mean', 's', [
        `${rate('trine_mailbox_wait_seconds_total', 'instance, actor, lane')} / (${rate('trine_mailbox_handled_total', 'instance, actor, lane')} > 0)`,
        '{{instance}} {{actor}} {{lane}}',
      ]),
      graph('Share of time at work', 'percentunit', [
        rate('trine_mailbox_busy_seconds_total', 'instance, actor'),
        '{{instance}} {{actor}}',
      ]),
      graph('Messages', 'ops', [
        rate('trine_mailbox_handled_total', 'instance, actor'),
        '{{instance}} {{actor}}',
      ]),
      graph(
        'Refused and dropped',
        'ops',
        [
          rate('trine_mailbox_refused_total', 'instance, actor, lane'),
          '{{instance}} {{actor}} {{lane}} refused',
        ],
        [
          rate('trine_mailbox_dropped_total', 'instance, actor, lane'),
          '{{instance}} {{actor}} {{lane}} dropped',
        ],
      ),
      graph(
        'Failures',
        'none',
        [
          `sum by (instance, actor) (${level('trine_actor_failures_total')})`,
          '{{instance}} {{actor}} failures',
        ],
        [
          `sum by (instance, actor) (${level('trine_actor_restarts_total')})`,
          '{{instance}} {{actor}} restarts',
        ],
      ),
    ],
  },
  {
    title: 'Storage',
    panels: [
      graph('On disk', 'bytes', [level('trine_storage_bytes'), '{{instance}} {{part}}']),
      graph('Room left', 'bytes', [level('trine_disk_free_bytes'), NODE]),
      graph(
        'Writing',
        'none',
        [`increase(trine_store_failures_total{${AT}}[$__rate_interval])`, '{{instance}} failures'],
        [level('trine_store_unwritten_blocks'), '{{instance}} blocks that wait'],
      ),
    ],
  },
  {
    title: 'Signatures',
    panels: [
      graph(
        'Workers',
        'none',
        [level('trine_xmss_busy_workers'), '{{instance}} at work'],
        [level('trine_xmss_workers'), '{{instance}} all'],
      ),
      graph(
        'Waiting',
        'none',
        [level('trine_xmss_pending_verifications'), '{{instance}} to verify'],
        [level('trine_xmss_pending_signatures'), '{{instance}} to sign'],
        [level('trine_xmss_pending_background_tasks'), '{{instance}} key preparation'],
      ),
      graph(
        'Signatures',
        'ops',
        [rate('lean_pq_sig_attestation_signatures_total'), '{{instance}} made'],
        [rate('lean_pq_sig_attestation_signatures_valid_total'), '{{instance}} valid'],
        [rate('lean_pq_sig_attestation_signatures_invalid_total'), '{{instance}} invalid'],
      ),
      spread('Signing', 's', 'lean_pq_sig_attestation_signing_time_seconds'),
      spread('Verifying one', 's', 'lean_pq_sig_attestation_verification_time_seconds'),
      spread('Verifying a batch', 's', 'trine_verification_batch_time_seconds'),
      spread('Signatures in a batch', 'none', 'trine_verification_batch_signatures'),
      graph(
        'Slots left',
        'none',
        [level('trine_key_remaining_slots'), '{{instance}} until a key runs out'],
        [level('trine_history_remaining_slots'), '{{instance}} until the network ends'],
      ),
      graph('Crashes of workers', 'none', [level('trine_xmss_worker_crashes_total'), NODE]),
    ],
  },
  {
    title: 'Process',
    panels: [
      graph(
        'Memory',
        'bytes',
        [level('process_resident_memory_bytes'), '{{instance}} resident'],
        [level('nodejs_heap_size_used_bytes'), '{{instance}} heap'],
        [level('nodejs_external_memory_bytes'), '{{instance}} external'],
      ),
      graph('Processor', 'percentunit', [rate('process_cpu_seconds_total'), NODE]),
      graph('Garbage collection', 'percentunit', [
        rate('nodejs_gc_duration_seconds_sum', 'instance, kind'),
        '{{instance}} {{kind}}',
      ]),
      graph('Up since', 's', [`time() - ${level('lean_node_start_time_seconds')}`, NODE]),
    ],
  },
]
