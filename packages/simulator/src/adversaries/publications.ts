import type { Ref } from '@trine/actors'
import type { NetworkMessageFrom } from '@trine/messages'
import { concerns, type FaultClock } from '../faultClock.ts'
import type { Fault } from '../scenario.ts'

/** What a validator hands to the network: a signed block, or a signed vote. */
export type Publication = NetworkMessageFrom<'validator'>

type PublicationFault = Extract<Fault, { kind: 'silent' | 'late' | 'withhold' | 'equivocate' }>

/** Makes a second, different publication of the same slot; undefined where there is none to be made. */
export type Equivocate = (publication: Publication) => Publication | undefined

/** Whether a fault changes what validators publish. */
export function isPublicationFault(fault: Fault): fault is PublicationFault {
  return ['silent', 'late', 'withhold', 'equivocate'].includes(fault.kind)
}

/** Stands between validators and network, and does to publications what the faults say. */
export function faultyNetwork(
  network: Ref<Publication>,
  faults: readonly PublicationFault[],
  clock: FaultClock,
  equivocate: Equivocate,
): Ref<Publication> {
  const withheld = new Map<PublicationFault, Publication[]>()
  for (const fault of faults) {
    if (fault.kind !== 'withhold' || fault.to === undefined) continue
    clock.at(fault.to, () => {
      for (const publication of withheld.get(fault) ?? []) network.tell(publication)
      withheld.delete(fault)
    })
  }
  const apply = (fault: PublicationFault, publication: Publication): boolean => {
    if (fault.kind === 'late') clock.after(fault.milliseconds, () => network.tell(publication))
    if (fault.kind === 'withhold') withheld.set(fault, [...(withheld.get(fault) ?? []), publication])
    if (fault.kind === 'equivocate') {
      const second = equivocate(publication)
      if (second !== undefined) network.tell(second)
      return network.tell(publication)
    }
    return true
  }
  return {
    name: network.name,
    tell: (publication) => {
      const fault = faults.find((entry) => clock.isOn(entry) && concerns(entry.what, publication.type))
      return fault === undefined ? network.tell(publication) : apply(fault, publication)
    },
  }
}
