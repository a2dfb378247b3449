import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', './test/support/summaryReporter.ts'],
    // Against hangs only: nothing else depends on how fast the machine is.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
