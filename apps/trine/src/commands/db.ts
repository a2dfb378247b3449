import type { Command } from 'commander'

const FOLDER = 'data folder of a node, or its block store'

/** `trine db`: looks into the database of a node, copies and restores it. */
export function registerDb(program: Command): void {
  const db = program
    .command('db')
    .description('the database of a node: info, verify, compact, export, import')
  registerInfo(db)
  registerVerify(db)
  registerCompact(db)
  registerExport(db)
  registerImport(db)
}

function registerInfo(db: Command): void {
  db.command('info')
    .description('what chain it is of, how far it got, how large it is')
    .argument('<folder>', FOLDER)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ trine db info data/trine_0
  $ trine db info data/trine_0 --json

Exit codes: 0 done, 2 it cannot be opened.`,
    )
    .action(async (place: string, flags: { readonly json?: boolean }) => {
      const { info } = await import('../db/info.ts')
      await info(place, flags)
    })
}

function registerVerify(db: Command): void {
  db.command('verify')
    .description('read everything and compare roots, links and heads; signatures are not verified again')
    .argument('<folder>', FOLDER)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ trine db verify data/trine_0

Exit codes: 0 all is right, 1 something is wrong, 2 it cannot be opened.`,
    )
    .action(async (place: string, flags: { readonly json?: boolean }) => {
      const { verify } = await import('../db/verify.ts')
      process.exitCode = (await verify(place, flags)) ? 0 : 1
    })
}

function registerCompact(db: Command): void {
  db.command('compact')
    .description('give the disk back what was deleted')
    .argument('<folder>', FOLDER)
    .addHelpText(
      'after',
      `
Examples:
  $ trine db compact data/trine_0

Exit codes: 0 done, 2 it cannot be opened.`,
    )
    .action(async (place: string) => {
      const { compact } = await import('../db/compact.ts')
      await compact(place)
    })
}

function registerExport(db: Command): void {
  db.command('export')
    .description('write everything to one file with a checksum')
    .argument('<folder>', FOLDER)
    .argument('<file>', 'a new file')
    .addHelpText(
      'after',
      `
Of a node that runs, its admin API makes the same file: POST /lean/v0/admin/backup.

Examples:
  $ trine db export data/trine_0 trine_0.backup

Exit codes: 0 done, 2 it cannot be opened.`,
    )
    .action(async (place: string, file: string) => {
      const { exportTo } = await import('../db/exportTo.ts')
      await exportTo(place, file)
    })
}

function registerImport(db: Command): void {
  db.command('import')
    .description('make the block store of a node from such a file')
    .argument('<file>', 'an export')
    .argument('<folder>', 'data folder of a node that has no block store yet')
    .addHelpText(
      'after',
      `
Ledgers of keys are not in the file: see trine keys handover.

Examples:
  $ trine db import trine_0.backup data/trine_0

Exit codes: 0 done, 2 the file or the folder is wrong.`,
    )
    .action(async (file: string, place: string) => {
      const { importFrom } = await import('../db/importFrom.ts')
      await importFrom(file, place)
    })
}
