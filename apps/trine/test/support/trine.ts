import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const bin = fileURLToPath(new URL('../../bin/trine.js', import.meta.url))

export type Outcome = { exitCode: number; stdout: string; stderr: string }

/** Runs the real command in a process of its own. */
export function trine(args: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> {
  const env = { ...process.env, ...variables }
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}
