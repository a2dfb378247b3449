import { verifyDatabase } from '@trine/storage/level'
import { withDatabase } from './openDatabase.ts'

/** Reads a database through and prints what is wrong with it; whether all is right. */
export async function verify(place: string, { json }: { readonly json?: boolean }): Promise<boolean> {
  return withDatabase(place, async ({ database, identity }) => {
    const { checked, problems } = await verifyDatabase(database, identity)
    if (json) console.log(JSON.stringify({ checked, problems }, null, 2))
    else {
      const { headers, blocks, states, finalized } = checked
      console.log(
        `${headers} headers, ${blocks} signed blocks, ${states} states, ${finalized} finalized blocks read`,
      )
      for (const problem of problems) console.log(problem)
      console.log(problems.length === 0 ? 'all is right' : 'wrong: export what can be read, or sync again')
    }
    return problems.length === 0
  })
}
