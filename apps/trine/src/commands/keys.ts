import type { Command } from 'commander'
import type { GenerateFlags } from '../keys/generate.ts'
import type { HandoverFlags } from '../keys/handover.ts'
import type { InspectFlags } from '../keys/inspect.ts'
import type { LedgerFlags } from '../keys/ledger.ts'
import type { VerifyFlags } from '../keys/verify.ts'

/** `trine keys`: makes, describes and checks validator keys. */
export function registerKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('validator keys: generate, inspect, verify; their ledgers; handing them over')
  registerGenerate(keys)
  registerInspect(keys)
  registerLedger(keys)
  registerHandover(keys)
  registerTakeover(keys)
  registerVerify(keys)
}

function registerGenerate(keys: Command): void {
  keys
    .command('generate')
    .description('make the keys of validators 0 to N-1, laid out as lean-quickstart expects (hash-sig-keys)')
    .requiredOption('--out <dir>', 'folder to write to; keys that are already there are kept')
    .requiredOption('--count <n>', 'number of validators')
    .option('--scheme <name>', 'production, devnet (signs alike, keys in a moment) or test', 'production')
    .option(
      '--active-epochs <n>',
      'slots each key can sign, rounded up (default: 131072, devnet 4096, test 256)',
    )
    .option('--first-epoch <n>', 'first slot, rounded down', '0')
    .option('--passphrase-file <file>', 'encrypt the secret keys with the passphrase in this file')
    .option(
      '--format <list>',
      'of each secret key, by comma: ssz, json, trinekey (default: ssz; trinekey if encrypted)',
    )
    .addHelpText(
      'after',
      `
Each slot is 4 s: 131072 slots are 6.1 days, 4096 are 4.6 hours.

Examples:
  $ trine keys generate --out net/hash-sig-keys --count 4
  $ trine keys generate --out keys --count 100 --scheme devnet --active-epochs 8192
  $ trine keys generate --out keys --count 4 --passphrase-file secret.txt

Exit codes: 0 done, 2 a flag or a file is wrong.`,
    )
    .action(async (flags: GenerateFlags) => {
      const { generate } = await import('../keys/generate.ts')
      await generate(flags)
    })
}

function registerInspect(keys: Command): void {
  keys
    .command('inspect')
    .description('what a key file holds: public key, range, prepared epochs; never the secret')
    .argument('<file>', 'secret key (.ssz, .json, .trinekey)')
    .option('--genesis-time <seconds>', 'Unix time of slot 0, to say how much is left now')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ trine keys inspect net/hash-sig-keys/validator_0_sk.ssz
  $ trine keys inspect validator_0_sk.trinekey --genesis-time 1763712794 --json

Exit codes: 0 done, 2 the file cannot be read.`,
    )
    .action(async (file: string, flags: InspectFlags) => {
      const { inspect } = await import('../keys/inspect.ts')
      await inspect(file, flags)
    })
}

function registerLedger(keys: Command): void {
  keys
    .command('ledger')
    .description('which epochs of a key are used, by its ledger')
    .argument('<file>', 'ledger (.ledger) or its marker (.marker)')
    .option(
      '--resume-at <slot>',
      'let a ledger that is refused go on: nothing was signed for this slot or a later one',
    )
    .option('--marker-folder <dir>', 'with --resume-at: where the marker is (default: beside the ledger)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ trine keys ledger data/trine_0/ledger/KEY.ledger
  $ trine keys ledger data/trine_0/ledger/KEY.ledger --resume-at 1200

Exit codes: 0 done, 2 a file or a slot is wrong.`,
    )
    .action(async (file: string, flags: LedgerFlags) => {
      const { ledger } = await import('../keys/ledger.ts')
      await ledger(file, flags)
    })
}

function registerHandover(keys: Command): void {
  keys
    .command('handover')
    .description('give all keys of a stopped node to another machine: nothing is signed here any more')
    .argument('<folder>', 'folder of the ledgers')
    .argument('<file>', 'a new file, for trine keys takeover on the other machine')
    .option(
      '--at <slot>',
      'first slot the other machine may sign for (default: of each key the first unused)',
    )
    .option('--marker-folder <dir>', 'where the markers are (default: beside the ledgers)')
    .addHelpText(
      'after',
      `
Examples:
  $ trine keys handover data/trine_0/ledger trine_0.handover
  $ trine keys handover data/trine_0/ledger trine_0.handover --at 1200

Exit codes: 0 done, 2 a file, a folder or a slot is wrong.`,
    )
    .action(async (folder: string, file: string, flags: HandoverFlags) => {
      const { handover } = await import('../keys/handover.ts')
      await handover(folder, file, flags)
    })
}

function registerTakeover(keys: Command): void {
  keys
    .command('takeover')
    .description('take keys that another machine handed over; to be done on one machine only')
    .argument('<file>', 'written by trine keys handover')
    .argument('<folder>', 'folder of the ledgers here')
    .option('--marker-folder <dir>', 'where the markers are (default: beside the ledgers)')
    .addHelpText(
      'after',
      `
Examples:
  $ trine keys takeover trine_0.handover data/trine_0/ledger

Exit codes: 0 done, 2 a file, a folder or a slot is wrong.`,
    )
    .action(async (file: string, folder: string, flags: Pick<HandoverFlags, 'markerFolder'>) => {
      const { takeover } = await import('../keys/handover.ts')
      await takeover(file, folder, flags)
    })
}

function registerVerify(keys: Command): void {
  keys
    .command('verify')
    .description(
      'check key files, or a folder against its manifest, by computing hashes again; nothing is signed',
    )
    .argument('<path>', 'folder with validator-keys-manifest.yaml, or one secret key')
    .option('--passphrase-file <file>', 'passphrase of encrypted keys')
    .option('--full', 'compute every leaf again, not only some: as long as making the key')
    .addHelpText(
      'after',
      `
Examples:
  $ trine keys verify net/hash-sig-keys
  $ trine keys verify validator_0_sk.trinekey --passphrase-file secret.txt --full

Exit codes: 0 all is right, 1 something is wrong, 2 a file cannot be read.`,
    )
    .action(async (path: string, flags: VerifyFlags) => {
      const { verify } = await import('../keys/verify.ts')
      process.exitCode = (await verify(path, flags)) ? 0 : 1
    })
}
