import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import SlowestFirst from './test/support/slowestFirst.ts'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    sequence: { sequencer: SlowestFirst },
    // More than there are cores: networks of processes mostly wait.
    maxWorkers: availableParallelism() + 2,
    reporters: ['default', './test/support/summaryReporter.ts'],
    // Against hangs only: nothing else depends on how fast the machine is.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
