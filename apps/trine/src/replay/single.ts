import { createRun, type Scenario } from '@trine/mini3sf'
import { Progress } from '../progress.ts'
import { startNativeSha256 } from './nativeSha256.ts'
import type { ReplayOptions } from './options.ts'
import { digest, fileProducts, printout } from './products.ts'

/** Runs one scenario and writes what the options ask for. Sets the exit code to 1 when the model failed. */
export async function replayOnce(scenario: Scenario, options: ReplayOptions): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  const run = createRun(scenario, startNativeSha256)
  const progress = new Progress(process.stderr, scenario.steps)
  const print = (text: string): void => {
    if (process.stdout.isTTY) progress.clear()
    process.stdout.write(text)
  }
  const products = [
    options.digest ? digest(run, print) : printout(run, print),
    ...fileProducts(run, options, '3sf-mini'),
  ]
  while (run.step()) {
    for (const product of products) product.afterStep?.()
    progress.update(run.stepsDone, `step ${run.stepsDone} of ${scenario.steps}`)
  }
  progress.clear()
  for (const product of products) await product.finish?.()
  if (run.failure !== undefined) {
    console.error(`trine replay: the model stopped in step ${run.failure.step}: ${run.failure.message}`)
    process.exitCode = 1
  }
}
