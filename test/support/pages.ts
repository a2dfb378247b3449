/** What stands in the pages for a reader to copy. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The files that a page tells to save: YAML blocks, by the last file name in the text before. */
export function filesIn(page: string): Map<string, string> {
  const text = readFileSync(`${root}${page}`, 'utf8')
  const files = new Map<string, string>()
  for (const match of text.matchAll(/`([\w/.-]+\.yaml)`[^`]*?\n\n```yaml\n([\s\S]*?)```/g)) {
    files.set(match[1] as string, match[2] as string)
  }
  return files
}

/** The commands of a page's shell blocks, without comments, one line each. */
export function commandsIn(page: string): string[] {
  const text = readFileSync(`${root}${page}`, 'utf8')
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block as string)
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => line.replace(/\s+#.*/, '').trim())
      .filter((line) => line !== ''),
  )
}
