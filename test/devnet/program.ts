import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, it, type TestContext } from 'vitest'

/**
 * Tests with Prometheus itself. They need it on the machine (`apt-get install prometheus`, or the folder of `prometheus`
 * and `promtool` in TRINE_PROMETHEUS). Without it the suite says loudly that it did not run, and where CI=true it fails.
 */
const FOLDERS = [process.env['TRINE_PROMETHEUS'], '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']

function find(program: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${program}`).find((path) => existsSync(path))
}

export type PrometheusPrograms = { readonly prometheus: string; readonly promtool: string }

/** `describe` for tests that need Prometheus. */
export function describeWithPrometheus(name: string, define: (programs: PrometheusPrograms) => void): void {
  const [prometheus, promtool] = [find('prometheus'), find('promtool')]
  describe(name, () => {
    if (prometheus !== undefined && promtool !== undefined) return define({ prometheus, promtool })
    it('runs with Prometheus', (context) => reportMissing(name, context))
  })
}

function reportMissing(name: string, { skip }: TestContext): void {
  const message = `${name}: expected prometheus and promtool (apt-get install prometheus), found neither in ${FOLDERS.filter(Boolean).join(', ')}`
  if (process.env['CI'] === 'true') throw new Error(message)
  console.error(`\n*** NOT TESTED *** ${message}\n`)
  skip(message)
}

/** What a program prints; throws with it when the program fails. */
export function outputOf(program: string, ...argv: string[]): string {
  try {
    return execFileSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program} ${argv.join(' ')}:\n${stdout}${stderr}`)
  }
}
