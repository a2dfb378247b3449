import type { PeerId } from '@trine/messages'
import type { StaticPeer } from '@trine/transport-libp2p'
import type { SignatureEncoding, Slot, ValidatorIndex } from '@trine/types'
import type { Passphrase, Scheme } from '@trine/xmss'

/** A validator of this node and the file of its secret key. */
export type OwnKey = { readonly validatorIndex: ValidatorIndex; readonly secretKeyFile: string }

/** Everything that decides what a real node is: what configuration, flags and a devnet's maker come down to. */
export type NodeSetup = {
  /** Name of the node in logs and in the network's files: `trine_0`. */
  readonly name: string
  /** Made when it is not there. Holds `blocks/`, the block store. */
  readonly dataFolder: string
  /** Where the ledger of one-time keys lives; `ledger/` of the data folder unless given. */
  readonly ledgerFolder?: string | undefined
  /** Where the ledgers' markers live, best where no backup restores them with the ledgers; `ledgerFolder` unless given. */
  readonly markerFolder?: string | undefined
  /** The operator's word that nothing was signed for this slot or a later one: opens an older ledger. */
  readonly resumeAt?: Slot | undefined
  readonly genesis: {
    /** Unix time in seconds. */
    readonly genesisTime: number
    /** 52 bytes each, in the order of the validators' indices. */
    readonly publicKeys: readonly Uint8Array[]
  }
  /** Without any the node only follows. */
  readonly ownKeys: readonly OwnKey[]
  /** Opens key files that are encrypted. */
  readonly passphrase?: Passphrase | undefined
  /** Of the network's signatures: `production` also where keys are of the `devnet` preset. */
  readonly scheme: Scheme
  readonly signatureEncoding: SignatureEncoding
  /** secp256k1, 32 bytes: who the node is on the network. */
  readonly nodeKey: Uint8Array
  /** Multiaddresses: `/ip4/0.0.0.0/udp/9000/quic-v1`, `/ip4/0.0.0.0/tcp/9000`. */
  readonly listen: readonly string[]
  /** Without this node itself. */
  readonly staticPeers: readonly StaticPeer[]
  /** Names of the network's nodes, as far as its files tell whose peer ids are whose. */
  readonly peerNames?: ReadonlyMap<PeerId, string> | undefined
  /** The network's name within the gossip topics: `devnet0`. */
  readonly networkName: string
  /** How far before the finalized block, in slots, blocks are kept; all of them unless given. */
  readonly retainSlots?: number | undefined
  /** Where the finalized checkpoint comes from that an empty folder begins with: URLs of nodes, or folders; none: genesis. */
  readonly checkpoints?: readonly string[] | undefined
}

/** What decides whose votes are signed, and for which network: all that validators outside of a node need. */
export type DutySetup = Pick<
  NodeSetup,
  | 'name'
  | 'dataFolder'
  | 'ledgerFolder'
  | 'markerFolder'
  | 'resumeAt'
  | 'genesis'
  | 'ownKeys'
  | 'passphrase'
  | 'scheme'
  | 'signatureEncoding'
  | 'networkName'
>
