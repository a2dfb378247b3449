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
    .option('--quiet', 'print the verdict only')
    .addHelpText(
      'after',
      `
Examples:
  npx trine simulate                                   four nodes to finality, in seconds
  npx trine simulate test/scenarios/partition.yaml     a scenario with a fault plan
  npx trine simulate --nodes 64 --validators 64 --signatures none

Exit codes: 0 every expectation met, 1 an invariant or expectation violated, 2 wrong input.`,
    )
    .action(async (file: string | undefined, options: SimulateCommandOptions) => {
      const { scenarioOf } = await import('../simulate/options.ts')
      const { runSimulation } = await import('../simulate/run.ts')
      await runSimulation(scenarioOf(file, options), file, options)
    })
}
