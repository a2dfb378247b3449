/** How a setting of a node is given and described; what its text means is in `nodeConfig.ts`. Plain data, quick to load. */
export type NodeSetting = {
  readonly group: SettingGroup
  readonly description: string
  /** What stands for the value in help; none: a switch. */
  readonly placeholder?: string
  /** Names that other clients give the flag. */
  readonly aliases?: readonly string[]
  /** Text of the value when none is given. */
  readonly fallback?: string
  readonly isRequired?: true
  /** May be given several times, or by comma. */
  readonly isRepeatable?: true
  /** A path: in a file, relative to the folder of the file. */
  readonly isPath?: true
}

export const SETTING_GROUPS = {
  network: 'Network and identity',
  connections: 'Connections',
  data: 'Data and duties',
  http: 'HTTP API',
  metrics: 'Metrics',
  logs: 'Logs',
} as const

export type SettingGroup = keyof typeof SETTING_GROUPS

/** Every setting of a node, by its name in `NodeConfig`. */
export const NODE_SETTINGS = {
  genesis: {
    group: 'network',
    description: "the network's config.yaml, or the folder that it is in with the other files",
    placeholder: '<path>',
    aliases: ['network', 'custom-genesis', 'custom_genesis'],
    isRequired: true,
    isPath: true,
  },
  nodeId: {
    group: 'network',
    description: "name of this node in the network's files: trine_0",
    placeholder: '<name>',
    isRequired: true,
  },
  validators: {
    group: 'network',
    description:
      'annotated_validators.yaml or validators.yaml (default: beside config.yaml), or none: a node without duties',
    placeholder: '<file>',
    aliases: ['validator-registry-path'],
    isPath: true,
  },
  validatorConfig: {
    group: 'network',
    description: 'validator-config.yaml (default: beside config.yaml), for the ports and key of this node',
    placeholder: '<file>',
    aliases: ['validator_config'],
    isPath: true,
  },
  hashSigKeysDir: {
    group: 'network',
    description: "folder of the validators' keys (default: hash-sig-keys beside config.yaml)",
    placeholder: '<dir>',
    aliases: ['hash-sig-key-dir', 'sig-keys-dir'],
    isPath: true,
  },
  passphraseFile: {
    group: 'network',
    description: "file with the passphrase of the validators' keys",
    placeholder: '<file>',
    isPath: true,
  },
  nodeKey: {
    group: 'network',
    description:
      'file with the secp256k1 key of this node, 64 hex digits (default: NAME.key beside config.yaml)',
    placeholder: '<file>',
    aliases: ['private-key-path'],
    isPath: true,
  },
  bootnodes: {
    group: 'network',
    description:
      'peers to dial: none, node records, addresses, or files of these (default: nodes.yaml beside config.yaml)',
    placeholder: '<peer>',
    isRepeatable: true,
    isPath: true,
  },
  networkName: {
    group: 'network',
    description: "the network's name within gossip topics",
    placeholder: '<name>',
    fallback: 'devnet0',
  },
  signatureEncoding: {
    group: 'network',
    description: 'how signatures travel: ssz3112 (devnet-1 clients), padded (the specification), ssz (later)',
    placeholder: '<name>',
    fallback: 'ssz3112',
  },
  scheme: {
    group: 'network',
    description: 'signatures of the network: production or test (default: by the manifest of the keys)',
    placeholder: '<name>',
  },
  socketAddress: {
    group: 'connections',
    description: 'IP address to listen on',
    placeholder: '<ip>',
    aliases: ['address'],
    fallback: '0.0.0.0',
  },
  quicPort: {
    group: 'connections',
    description: 'UDP port of QUIC; 0: any (default: by validator-config.yaml, or else 9000)',
    placeholder: '<port>',
    aliases: ['socket-port', 'gossipsub-port', 'port'],
  },
  tcpPort: {
    group: 'connections',
    description: 'TCP port, for peers without QUIC (default: no TCP)',
    placeholder: '<port>',
  },
  listenAddr: {
    group: 'connections',
    description: 'listen on these multiaddresses instead: /ip4/0.0.0.0/udp/9000/quic-v1',
    placeholder: '<address>',
    aliases: ['listen'],
    isRepeatable: true,
  },
  timeSources: {
    group: 'connections',
    description:
      'HTTP servers whose clocks are compared with ours, as the APIs of other nodes: http://host:5052 (default: none)',
    placeholder: '<url>',
    isRepeatable: true,
  },
  dataDir: {
    group: 'data',
    description: 'folder for the blocks and ledgers of this node; made when it is not there',
    placeholder: '<dir>',
    isRequired: true,
    isPath: true,
  },
  ledgerDir: {
    group: 'data',
    description: 'folder for the ledgers of one-time keys (default: ledger in the data folder)',
    placeholder: '<dir>',
    isPath: true,
  },
  markerDir: {
    group: 'data',
    description: 'folder for the markers that expose restored ledgers (default: the ledger folder)',
    placeholder: '<dir>',
    isPath: true,
  },
  resumeAt: {
    group: 'data',
    description: 'opens an older ledger on your word that nothing was signed for this slot or a later one',
    placeholder: '<slot>',
  },
  retainSlots: {
    group: 'data',
    description:
      'slots before the finalized block of which signatures are kept, and votes twice as long (default: 21600, a day)',
    placeholder: '<n>',
  },
  archive: { group: 'data', description: 'keep all blocks', fallback: 'false' },
  checkpoint: {
    group: 'data',
    description:
      'begin an empty data folder with the finalized checkpoint in this folder: state.ssz and block.ssz',
    placeholder: '<path>',
    isPath: true,
  },
  checkpointSyncUrl: {
    group: 'data',
    description:
      'begin an empty data folder with the finalized checkpoint of these nodes, which have to agree',
    placeholder: '<url>',
    isRepeatable: true,
  },
  journal: {
    group: 'data',
    description: 'write every message between the services to this file',
    placeholder: '<file>',
    isPath: true,
  },
  api: { group: 'http', description: 'serve the HTTP API', fallback: 'true' },
  httpAddress: {
    group: 'http',
    description: 'address of the HTTP API',
    placeholder: '<ip>',
    fallback: '127.0.0.1',
  },
  apiPort: {
    group: 'http',
    description: 'port of the HTTP API; 0: any (default: by validator-config.yaml, or else 5052)',
    placeholder: '<port>',
    aliases: ['http-port'],
  },
  testDriver: { group: 'http', description: 'serve the routes of the Hive test driver', fallback: 'false' },
  adminAddress: {
    group: 'http',
    description: 'address of the admin routes',
    placeholder: '<ip>',
    fallback: '127.0.0.1',
  },
  adminPort: {
    group: 'http',
    description: 'port of the admin routes; needs --admin-token-file (default: no admin routes)',
    placeholder: '<port>',
  },
  adminTokenFile: {
    group: 'http',
    description: 'file with the token that admin routes ask for',
    placeholder: '<file>',
    isPath: true,
  },
  metrics: { group: 'metrics', description: 'serve metrics', fallback: 'true' },
  metricsAddress: {
    group: 'metrics',
    description: 'address of the metrics',
    placeholder: '<ip>',
    fallback: '127.0.0.1',
  },
  metricsPort: {
    group: 'metrics',
    description: 'port of the metrics; 0: any (default: by validator-config.yaml, or else 8080)',
    placeholder: '<port>',
    aliases: ['prometheus-port', 'metrics_port'],
  },
  logLevel: {
    group: 'logs',
    description: 'trace, debug, info, warn, error or silent, also by component: info,sync=debug',
    placeholder: '<level>',
    fallback: 'info',
    isRepeatable: true,
  },
  logFormat: {
    group: 'logs',
    description: 'auto (pretty on a terminal), pretty or json',
    placeholder: '<name>',
    fallback: 'auto',
  },
} as const satisfies Record<string, NodeSetting>

export type NodeSettingName = keyof typeof NODE_SETTINGS

/** All settings, in the order of their description. */
export const NODE_SETTING_NAMES = Object.keys(NODE_SETTINGS) as NodeSettingName[]

export function settingOf(name: NodeSettingName): NodeSetting {
  return NODE_SETTINGS[name]
}

/** `dataDir` as a flag and in a file: `data-dir`. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `dataDir` as a variable: `TRINE_DATA_DIR`. */
export function variableName(name: string): string {
  return `TRINE_${flagName(name).replaceAll('-', '_').toUpperCase()}`
}
