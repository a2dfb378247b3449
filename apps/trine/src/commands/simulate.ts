import type { Command } from 'commander'
import type { SimulateCommandOptions } from '../simulate/options.ts'

/** `trine simulate`: whole networks of nodes in one process, on virtual time, with faults. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('run a network of nodes in one process on virtual time, with the faults of a scenario')
    .argument('[scenario]', 'a YAML file; without one: four nodes, eight validators, nothing goes wrong')
    .option('--seed <seed>', 'a number or text; the same seed gives the same run')
    .option('--nodes <number>', 'number of nodes')
    .option('--validators <number>', 'number of validators in all')
    .option('--slots <number>', 'slots to run, of four virtual seconds each')
    .option('--signatures <mode>', 'none, test or devnet')
    .option('--json <file>', 'write the whole report')
    .option('--junit <file>', 'write a JUnit report, for CI')
    .option(
      '--html <file>',
      'write a page with fork tree, votes, finality and a time slider (docs/explorer.md)',
    )
    .option('--quiet', 'print the verdict only')
    .option('--shrink [file]', 'when it fails: look for a smaller scenario that fails alike, and write it')
    .option('--shrink-runs <number>', 'most runs for that (400)')
    .option('--shrink-seconds <number>', 'most seconds for that (300)')
    .option('--journal <file>', 'write every message that a service handles, for --resume')
    .option('--resume <file>', 'go back to a moment of the run in a journal, and show the nodes as they were')
    .option('--until <moment>', 'with --resume: the end of this interval, SLOT.INTERVAL (the end)')
    .option('--node <index>', 'with --resume, --export-vector: which node (all; 0)')
    .option('--inspect', 'with --resume: show stores, votes, duties, sync and peers (what it does anyway)')
    .option('--export-vector <file>', "write a node's fork choice, step by step, as a conformance vector")
    .addHelpText(
      'after',
      `
Examples:
  npx trine simulate                                   four nodes to finality, in seconds
  npx trine simulate test/scenarios/partition.yaml     a scenario with a fault plan
  npx trine simulate --nodes 64 --validators 64 --signatures none
  npx trine simulate my.yaml --shrink small.yaml       the least that still fails
  npx trine simulate my.yaml --journal run.jsonl       then go back to any moment of it:
  npx trine simulate --resume run.jsonl --until 12.2 --node 3
  npx trine simulate --resume bundle.jsonl.gz          a node's bundle: its fork choice, step by step

FILE may be - for the standard output.

Exit codes: 0 every expectation met, 1 an invariant or expectation violated, or a bundle that ends
elsewhere than its node, 2 wrong input.`,
    )
    .action(async (file: string | undefined, options: SimulateCommandOptions) => {
      const { checkOptions, scenarioOf } = await import('../simulate/options.ts')
      checkOptions(file, options)
      if (options.resume !== undefined) {
        const { inspectJournal } = await import('../simulate/inspect.ts')
        return inspectJournal(options.resume, options)
      }
      const { runSimulation } = await import('../simulate/run.ts')
      await runSimulation(scenarioOf(file, options), file, options)
    })
}
