import { type ActorFigures, createActorSystem, type Ref, type StopReport } from '@trine/actors'
import { startClock } from '@trine/clock'
import { type ClockMessage, clockLanes, type ValidatorMessage, validatorLanes } from '@trine/messages'
import { createValidator } from '@trine/validator'
import { createNodes } from './createNodes.ts'
import { ForeignVotes } from './foreignVotes.ts'
import { type NodesMessage, nodesLanes } from './nodesMessages.ts'
import { DEFAULT_LIMITS, type RemoteEventSink, type ValidatorClientParts } from './parts.ts'
import { VoteWatch } from './voteWatch.ts'

/** Validators in a process of their own: a clock, a ValidatorService, and the nodes that it speaks to over HTTP. */
export interface ValidatorClient {
  readonly validator: Ref<ValidatorMessage>
  /** Whether the votes of a node in sync can be heard now. */
  readonly hears: () => boolean
  /** Whether a node is in sync: without one nothing is signed. */
  readonly isReady: () => boolean
  /** Ends duties first, then waits for the verdicts on what was handed in. */
  stop(deadlineMilliseconds: number): Promise<readonly StopReport[]>
  /** Ends everything at once, as a crash would. */
  kill(): void
  figures(): readonly ActorFigures[]
}

/** Puts the validators together and starts them. */
export function createValidatorClient(parts: ValidatorClientParts): ValidatorClient {
  const { name, scheduler, network, events } = parts
  const system = createActorSystem({
    name,
    scheduler,
    onFailure: (report) => events.emit({ type: 'actorFailed', report }),
  })
  const clock = system.actor<ClockMessage>('clock', clockLanes)
  const validator = system.actor<ValidatorMessage>('validator', validatorLanes)
  const nodes = system.actor<NodesMessage>('nodes', nodesLanes)
  const { timing, validatorCount } = network
  const watch = new VoteWatch(parts, validatorCount, nodes.ref)
  const now = () => scheduler.now()
  const foreign = new ForeignVotes({ signer: parts.signer, timing, now, validator: validator.ref })
  const remoteEvents: RemoteEventSink = {
    emit: (event) => {
      foreign.noteNode(event)
      parts.remoteEvents.emit(event)
    },
  }
  nodes.start(createNodes({ ...parts, remoteEvents, limits: { ...DEFAULT_LIMITS, ...parts.limits } }))
  validator.start(
    createValidator({
      timing,
      validatorCount,
      signer: parts.signer,
      ledger: watch.ledger,
      chain: nodes.ref,
      network: foreign.noting(nodes.ref),
      events: watch.events,
    }),
  )
  clock.start(startClock({ timing, listeners: [nodes.ref, validator.ref], events }))
  const endListening = parts.nodeEvents && foreign.follow(parts.nodes, parts.nodeEvents)
  return {
    validator: validator.ref,
    hears: () => foreign.hears,
    isReady: () => foreign.isReady,
    stop: (deadlineMilliseconds) => {
      endListening?.()
      return system.shutdown(['clock', 'validator', 'nodes'], deadlineMilliseconds)
    },
    kill: () => {
      endListening?.()
      system.kill()
    },
    figures: () => system.figures(),
  }
}
