import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type AssignedValidator,
  type KeyEntry,
  type KeyManifest,
  mergePeers,
  type NetworkConfig,
  type PlannedNode,
  parseKeyManifest,
  parseNetworkConfig,
  parseNodeKey,
  parseNodes,
  parsePeer,
  parseValidatorConfig,
  parseValidators,
} from '@trine/config'
import type { PeerId } from '@trine/messages'
import type { StaticPeer } from '@trine/transport-libp2p'
import { decodeNodeRecord, encodeNodeRecord } from '@trine/transport-libp2p/wire'
import { bytesEqual, type SignatureEncoding, type Slot, toHex } from '@trine/types'
import { type Scheme, schemes } from '@trine/xmss'
import { FORMATS, secretKeyFileName } from '../keys/keyFolder.ts'
import { MANIFEST_NAME, TEST_KEY_SCHEME } from '../keys/manifest.ts'
import { readPassphrase } from '../keys/readPassphrase.ts'
import { UserError } from '../userError.ts'
import type { DutySetup, NodeSetup, OwnKey } from './nodeSetup.ts'
import { readFileAs, readIfThere } from './readFileAs.ts'
import { findFiles, type NamedFiles, type SetupFiles } from './setupFiles.ts'

/** Where the files of validators are, and what is not in them. */
export type DutySource = NamedFiles & {
  readonly dataDir: string
  readonly passphraseFile?: string | undefined
  /** Of the network's signatures; by the manifest of the keys unless given. */
  readonly scheme?: 'production' | 'test' | undefined
  readonly signatureEncoding: SignatureEncoding
  readonly networkName: string
  readonly ledgerDir?: string | undefined
  readonly markerDir?: string | undefined
  readonly resumeAt?: Slot | undefined
}

/** Where a node's files are, and what is not in them. */
export type SetupSource = DutySource & {
  /** Addresses to listen on; those of the ports unless given. */
  readonly listenAddr?: readonly string[] | undefined
  readonly socketAddress: string
  /** Of QUIC (UDP); that of `validator-config.yaml` unless given, or else 9000. */
  readonly quicPort?: number | undefined
  /** None: no TCP. */
  readonly tcpPort?: number | undefined
  /** Slots before the finalized block; a day's unless given. */
  readonly retainSlots?: number | undefined
  /** Keep all blocks. */
  readonly archive?: boolean
  readonly checkpoint?: string | undefined
  readonly checkpointSyncUrl?: readonly string[] | undefined
}

const DEFAULT_QUIC_PORT = 9000
const DEFAULT_RETAIN_SLOTS = 21_600

/** Reads everything that decides what a node is. What is wrong in a file is a UserError of one line. */
export async function readSetup(source: SetupSource): Promise<NodeSetup> {
  const { nodeId: name } = source
  const files = await findFiles(source)
  const genesis = await readFileAs(files.config, parseNetworkConfig)
  const plan =
    files.validatorConfig === undefined ? [] : await readFileAs(files.validatorConfig, parseValidatorConfig)
  const planned = plan.find((node) => node.name === name)
  const nodeKey = await readNodeKey(files.nodeKey, planned, name)
  return {
    ...(await readDuties(source, files, genesis, [name])),
    nodeKey,
    listen: listenOf(source, planned),
    staticPeers: await readPeers(files.bootnodes, nodeKey),
    peerNames: peerNamesOf(plan),
    checkpoints: [...(source.checkpoint ? [source.checkpoint] : []), ...(source.checkpointSyncUrl ?? [])],
    retainSlots: source.archive ? undefined : (source.retainSlots ?? DEFAULT_RETAIN_SLOTS),
  }
}

/** Reads what decides whose votes are signed: those of the validators of these nodes. */
export async function readDutySetup(source: DutySource, names: readonly string[]): Promise<DutySetup> {
  const files = await findFiles(source)
  return readDuties(source, files, await readFileAs(files.config, parseNetworkConfig), names)
}

async function readDuties(
  source: DutySource,
  files: SetupFiles,
  genesis: NetworkConfig,
  names: readonly string[],
): Promise<DutySetup> {
  const manifest = await readIfThere(join(files.keys, MANIFEST_NAME), parseKeyManifest)
  const ownKeys: OwnKey[] = []
  for (const name of names) ownKeys.push(...(await readOwnKeys(files, name, genesis, manifest)))
  return {
    name: source.nodeId,
    dataFolder: source.dataDir,
    ledgerFolder: source.ledgerDir,
    markerFolder: source.markerDir,
    resumeAt: source.resumeAt,
    genesis,
    ownKeys,
    passphrase: await readPassphrase(source.passphraseFile),
    scheme: schemeOf(source, manifest),
    signatureEncoding: source.signatureEncoding,
    networkName: source.networkName,
  }
}

async function readNodeKey(
  file: string | undefined,
  planned: PlannedNode | undefined,
  name: string,
): Promise<Uint8Array> {
  if (file !== undefined) return readFileAs(file, parseNodeKey)
  if (planned !== undefined) return planned.nodeKey
  throw new UserError(`--node-key: expected a file, there is no ${name}.key beside the genesis`)
}

async function readOwnKeys(
  files: SetupFiles,
  name: string,
  genesis: NetworkConfig,
  manifest: KeyManifest | undefined,
): Promise<OwnKey[]> {
  if (files.validators === undefined) return []
  const assignment = await readFileAs(files.validators, parseValidators)
  const own = assignment.get(name)
  if (own === undefined) {
    const known = [...assignment.keys()].slice(0, 8).join(', ')
    throw new UserError(`${files.validators}: ${name}: expected this node among ${known || 'its nodes'}`)
  }
  const entries = new Map(manifest?.validators.map((entry) => [entry.index, entry]))
  return own.map((validator, position) => {
    const field = `${files.validators}: ${name}[${position}]`
    return ownKeyOf(field, validator, files.keys, genesis, entries.get(validator.index))
  })
}

function ownKeyOf(
  field: string,
  { index, key }: AssignedValidator,
  folder: string,
  { publicKeys }: NetworkConfig,
  inManifest: KeyEntry | undefined,
): OwnKey {
  const publicKey = publicKeys[index]
  if (publicKey === undefined) {
    throw new UserError(
      `${field}: expected one of the ${publicKeys.length} validators of the genesis, got ${index}`,
    )
  }
  const entry = key ?? inManifest
  if (entry && !bytesEqual(entry.publicKey, publicKey)) {
    const where = key
      ? `${field}.pubkey_hex`
      : `${join(folder, MANIFEST_NAME)}: pubkey_hex of validator ${index}`
    throw new UserError(
      `${where}: expected ${toHex(publicKey)}, as GENESIS_VALIDATORS has it, got ${toHex(entry.publicKey)}`,
    )
  }
  const names = entry ? [entry.secretKeyFile] : FORMATS.map((format) => secretKeyFileName(index, format))
  const file = names.map((fileName) => join(folder, fileName)).find((path) => existsSync(path))
  if (file === undefined)
    throw new UserError(`${field}: expected the key file ${join(folder, names[0]!)}, it is not there`)
  return { validatorIndex: index, secretKeyFile: resolve(file) }
}

/** Devnet keys sign as production keys do; only test keys are of another kind, and their manifest says so. */
function schemeOf({ scheme }: DutySource, manifest: KeyManifest | undefined): Scheme {
  return schemes[scheme ?? (manifest?.keyScheme === TEST_KEY_SCHEME ? 'test' : 'production')]
}

function listenOf(source: SetupSource, planned: PlannedNode | undefined): string[] {
  const { listenAddr, socketAddress, tcpPort } = source
  if (listenAddr !== undefined && listenAddr.length > 0) return [...listenAddr]
  const quicPort = source.quicPort ?? planned?.quicPort ?? DEFAULT_QUIC_PORT
  const host = `/${socketAddress.includes(':') ? 'ip6' : 'ip4'}/${socketAddress}`
  return [`${host}/udp/${quicPort}/quic-v1`, ...(tcpPort === undefined ? [] : [`${host}/tcp/${tcpPort}`])]
}

async function readPeers(bootnodes: readonly string[], nodeKey: Uint8Array): Promise<StaticPeer[]> {
  const peers: StaticPeer[] = []
  for (const bootnode of bootnodes) {
    if (bootnode === 'none') continue
    if (/^(enr:|\/(ip4|ip6|dns|dns4|dns6)\/)/.test(bootnode)) {
      const peer = parsePeer(bootnode)
      if (!peer.ok) throw new UserError(`--bootnodes: expected ${peer.error}, got "${bootnode}"`)
      peers.push(peer.value)
    } else {
      peers.push(...(await readFileAs(bootnode, parseNodes)))
    }
  }
  const own = peerIdOfKey(nodeKey)
  return mergePeers(peers).filter(({ peerId }) => peerId !== own)
}

/** Whose peer id is whose: `validator-config.yaml` has the keys of all nodes. */
function peerNamesOf(plan: readonly PlannedNode[]): Map<PeerId, string> {
  return new Map(plan.map(({ nodeKey, name }) => [peerIdOfKey(nodeKey), name]))
}

function peerIdOfKey(nodeKey: Uint8Array): string {
  const record = decodeNodeRecord(encodeNodeRecord(nodeKey, { ip: '127.0.0.1' }))
  if (!record.ok) throw new Error(record.error.message)
  return record.value.peerId
}
