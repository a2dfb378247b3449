import type { Command } from 'commander'
import type { ReplayOptions } from '../replay/options.ts'
import { UserError } from '../userError.ts'

/** `trine replay`: the Python 3sf-mini model, its variations, pictures and comparisons. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('replay the Python 3sf-mini model exactly, vary it, compare runs and draw them')
    .option('--seed <integer>', "seed of Python's random, any integer (default 0)")
    .option('--stakers <number>', 'number of stakers (default 10)')
    .option('--steps <number>', 'steps of the simulation (default 1000)')
    .option('--slot-duration <steps>', 'steps per slot (default 12)')
    .option('--latency <settings>', 'network latency (default factor=2.5,exponent=3,until=667,after=1)')
    .option('--scenario <file>', 'a YAML file with these settings and variations; options override it')
    .option('--digest', 'print the trace digest instead of what the Python program prints')
    .option(
      '--json <file>',
      'write what every staker holds after every step; with --seeds the summary of each run',
    )
    .option('--seeds <range>', 'run a range of seeds like 0..99 on all cores and print a summary')
    .option('--svg <file>', 'draw the block tree of a staker at a step')
    .option(
      '--html <file>',
      'write a page with fork tree, votes, finality and a time slider (docs/explorer.md)',
    )
    .option('--at <step>', 'with --svg: the step to draw (default the last)')
    .option('--window <slots>', 'with --svg: draw only the latest slots (default all)')
    .option('--views <list>', 'stakers to draw, like 0,3 or 0..4 (default all with --html, 0 with --svg)')
    .option(
      '--compare <files...>',
      'two scenarios or recorded runs: say at which step they first differ and how',
    )
    .option(
      '--against <protocol>',
      'run the scenario by devnet1 rules too and report where they part; files show that run',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ trine replay                                       what the Python program prints
  $ trine replay --seed 7 --steps 600 --html run.html  a page with time slider and finality
  $ trine replay --seeds 0..99                         many seeds on all cores, and a summary
  $ trine replay --scenario my.yaml --against devnet1  where the two protocols part

Exit codes: 0 done (with --compare: no difference), 1 the model failed an assert or the runs differ, 2 wrong input.`,
    )
    .action(replay)
}

const PICTURES = ['svg', 'html', 'at', 'window', 'views'] as const

/** Does what the options ask for; each way of running is loaded only when it is taken. */
async function replay(options: ReplayOptions): Promise<void> {
  if (options.compare !== undefined) {
    refuseTogether('--compare', options, ['scenario', 'digest', 'json', 'seeds', 'against', ...PICTURES])
    const { replayComparison } = await import('../replay/compare.ts')
    replayComparison(options, options.compare)
    return
  }
  const { checkProtocol, scenarioOf } = await import('../replay/options.ts')
  if (options.seeds !== undefined) {
    refuseTogether('--seeds', options, ['seed', ...PICTURES])
    const scenario = scenarioOf(options)
    if (options.against !== undefined) checkProtocol(options.against, scenario)
    const { replaySeeds } = await import('../replay/sweep.ts')
    await replaySeeds(scenario, options, options.seeds)
    return
  }
  if (options.against !== undefined) {
    refuseTogether('--against', options, ['digest'])
    const scenario = scenarioOf(options)
    checkProtocol(options.against, scenario)
    const { replayAgainst } = await import('../replay/against.ts')
    await replayAgainst(scenario, options)
    return
  }
  const { replayOnce } = await import('../replay/single.ts')
  await replayOnce(scenarioOf(options), options)
}

function refuseTogether(
  flag: string,
  options: ReplayOptions,
  others: readonly (keyof ReplayOptions)[],
): void {
  const other = others.find((name) => options[name] !== undefined)
  if (other !== undefined) throw new UserError(`${flag}: expected without --${other}`)
}
