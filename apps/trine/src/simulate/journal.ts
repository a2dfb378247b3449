import type { JournalFile } from '@trine/actors/journal-file'
import { UserError } from '../userError.ts'

export type RunJournal = JournalFile & {
  /** Throws a UserError once something could not be written: a journal itself must not throw. */
  check(): void
}

/** The file that a run is written down in. */
export async function openJournal(path: string): Promise<RunJournal> {
  const { createJournalFile } = await import('@trine/actors/journal-file')
  const refusal = (error: unknown) =>
    new UserError(`${path}: expected a file that can be written (${(error as Error).message})`)
  let problem: UserError | undefined
  try {
    const file = createJournalFile(path, (error) => {
      problem = refusal(error)
    })
    const check = () => {
      if (problem !== undefined) throw problem
    }
    return { ...file, check }
  } catch (error) {
    throw refusal(error)
  }
}
