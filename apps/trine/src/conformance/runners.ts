import type { Runner } from './runner.ts'

/** Every kind of vector that is known, in the order in which they are asked whether a file is theirs. */
export async function loadRunners(): Promise<Runner[]> {
  const { mini3sfPrintoutRunner, mini3sfRunner } = await import('./mini3sf.ts')
  return [mini3sfRunner, mini3sfPrintoutRunner]
}
