import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const FORBIDDEN =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|setImmediate|process\.hrtime)\b/

/** Time and chance enter the services as messages and as a seeded generator; these alone may touch the machine's own. */
const SYSTEM_FILES = /^packages\/(actors\/src\/system[A-Za-z]*|xmss\/src\/(node|pool|browser)\/.*)\.ts$/

it('only the system scheduler reads the clock or rolls dice', () => {
  const offenders = readdirSync(`${root}packages`, { recursive: true, encoding: 'utf8' })
    .map((file) => `packages/${file}`)
    .filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !SYSTEM_FILES.test(file))
    .flatMap((file) => {
      const lines = readFileSync(`${root}${file}`, 'utf8').split('\n')
      return lines.flatMap((line, index) =>
        FORBIDDEN.test(line) && !/^\s*(\/?\*|\/\/)/.test(line)
          ? [`${file}:${index + 1}: ${line.trim()}`]
          : [],
      )
    })
  expect(offenders).toEqual([])
})
