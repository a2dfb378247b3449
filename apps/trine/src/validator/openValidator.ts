import type { Scheduler } from '@trine/actors'
import type { EventHub } from '@trine/api'
import type { DurableKeyLedger } from '@trine/key-ledger'
import { type SlotTiming, slotAt } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { toHex } from '@trine/types'
import {
  createValidatorClient,
  type HttpPort,
  type NodeEventsPort,
  type RemoteEventSink,
  type RemoteNode,
  type ValidatorClient,
} from '@trine/validator-client'
import type { SignaturePool } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { genesisOf } from '../node/genesisOf.ts'
import { pauseToListen, resumeAfterListening } from '../node/listenFirst.ts'
import type { DutySetup } from '../node/nodeSetup.ts'
import { openKeys } from '../node/openKeys.ts'
import { openLedger } from '../node/openLedger.ts'
import { createPoolSigner, type PooledKey, prepareKeys } from '../node/ports.ts'
import { UserError } from '../userError.ts'

/** For duties that are under way, then for the verdicts on what was handed in: 5 s are all there is. */
const STOP_MILLISECONDS = 2000

export type ValidatorSurroundings = {
  readonly scheduler: Scheduler
  readonly http: HttpPort
  readonly nodeEvents: NodeEventsPort
  readonly events: EventHub
  readonly remoteEvents: RemoteEventSink
}

/** Validators that run, with their keys and their ledger. */
export type OpenValidator = {
  readonly client: ValidatorClient
  readonly timing: SlotTiming
  readonly genesisRoot: string
  readonly keys: readonly PooledKey[]
  readonly pool: SignaturePool
  readonly ledger: DurableKeyLedger
  /** Ends duties, then what is under way, then the files. */
  stop(): Promise<void>
}

/** Opens keys and ledger and starts the duties. What the user can mend is a UserError; nothing is signed by then. */
export async function openValidator(
  setup: DutySetup,
  nodes: readonly RemoteNode[],
  { scheduler, http, nodeEvents, events, remoteEvents }: ValidatorSurroundings,
): Promise<OpenValidator> {
  if (setup.ownKeys.length === 0) {
    throw new UserError(`--validators: expected a file with the validators of ${setup.name}, got none`)
  }
  await using opened = new AsyncDisposableStack()
  const { scheme, signatureEncoding, networkName, name } = setup
  const { timing, block, state } = genesisOf(setup)
  const genesisRoot = blockRoot(block)
  const pool = opened.adopt(createPool({ scheme, encoding: signatureEncoding }), (own) => own.close('now'))
  const keys = await openKeys(setup, pool)
  const ledger = opened.adopt(await openLedger(setup, keys, genesisRoot), (held) => held.close())
  const slot = Math.max(0, slotAt(scheduler.now(), timing))
  await prepareKeys(pool, keys, slot)
  const client = createValidatorClient({
    name,
    scheduler,
    nodes,
    network: {
      timing,
      validatorCount: state.validators.length,
      genesisRoot: toHex(genesisRoot),
      networkName,
      signatureEncoding,
    },
    http,
    nodeEvents,
    signer: createPoolSigner(pool, keys),
    ledger,
    events,
    remoteEvents,
  })
  opened.defer(async () => void (await client.stop(STOP_MILLISECONDS)))
  const duties = { refs: { validator: client.validator } }
  if (pauseToListen(duties, keys, ledger, slot)) {
    opened.defer(resumeAfterListening(duties, timing, events, scheduler, client))
  }
  const resources = opened.move()
  return {
    client,
    timing,
    genesisRoot: toHex(genesisRoot),
    keys,
    pool,
    ledger,
    stop: () => resources.disposeAsync(),
  }
}
