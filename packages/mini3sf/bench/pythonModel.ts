import { spawnSync } from 'node:child_process'
import type { Scenario } from '../src/index.ts'

/** Runs the model's own classes as its program does, without the plot, and prints the seconds that it took. */
const DRIVER = `
import json, random, sys, time
options = json.loads(sys.argv[1])
sys.path.insert(0, options["folder"])
sys.dont_write_bytecode = True
import consensus, p2p
began = time.perf_counter()
random.seed(options["seed"])
latency = options["latency"]
def delay(clock):
    if clock >= latency["until"]:
        return latency["after"]
    return int(p2p.SLOT_DURATION * latency["factor"] * random.random() ** latency["exponent"])
zero = consensus.ZERO_HASH
state = consensus.State(config=consensus.Config(num_validators=options["stakers"]), latest_justified_hash=zero,
    latest_justified_slot=0, latest_finalized_hash=zero, latest_finalized_slot=0,
    historical_block_hashes=[zero], justified_slots=[True])
block = consensus.Block(slot=1, parent=zero, state_root=consensus.compute_hash(state))
network = p2p.P2PNetwork(delay)
stakers = [p2p.Staker(index, network, block, state) for index in range(options["stakers"])]
for step in range(options["steps"]):
    network.time_step()
    for staker in stakers:
        staker.tick()
print(time.perf_counter() - began)
`

/** Seconds of the Python model for a scenario without variations; `folder` holds its consensus.py and p2p.py. */
export function pythonSeconds(folder: string, { seed, stakers, steps, latency }: Scenario): number {
  const options = { folder, seed: Number(seed), stakers, steps, latency }
  const { stdout, stderr, error } = spawnSync('python3', ['-c', DRIVER, JSON.stringify(options)], {
    encoding: 'utf8',
  })
  if (error || stderr) {
    console.error(
      `--python ${folder}: expected the model's folder and python3 (${error?.message ?? stderr.trim().split('\n').at(-1)})`,
    )
    process.exit(2)
  }
  return Number(stdout)
}
