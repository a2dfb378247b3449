import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const bin = fileURLToPath(new URL('../../bin/trine.js', import.meta.url))

export type Outcome = { exitCode: number; stdout: string; stderr: string }

export type RunOptions = {
  readonly cwd?: string
  readonly variables?: Readonly<Record<string, string>>
  /** Of node itself. */
  readonly nodeOptions?: readonly string[]
}

/** Runs the real command in a process of its own. */
export function trine(
  args: readonly string[],
  { nodeOptions = [], ...options }: RunOptions = {},
): Promise<Outcome> {
  return run(process.execPath, [...nodeOptions, bin, ...args], options)
}

/** Runs any program. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, variables }: Omit<RunOptions, 'nodeOptions'> = {},
): Promise<Outcome> {
  const options = { env: { ...process.env, ...variables }, ...(cwd && { cwd }) }
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}
