import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder =
  process.env['TRINE_VECTORS'] ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url))

/**
 * The path of a file or folder of the vectors, which lie beside the checkout in `../shared/vectors` unless the
 * environment variable TRINE_VECTORS names another folder. Throws when it is not there: a test that needs vectors
 * fails without them.
 */
export function vectorsPath(...segments: string[]): string {
  const path = join(folder, ...segments)
  if (!existsSync(path)) {
    throw new Error(`${path}: expected vectors there; set TRINE_VECTORS to the folder that holds them`)
  }
  return path
}

/** A JSON file of the vectors, for example `xmss/test-plonky3/test_keys.json`. */
export function readVector(path: string): unknown {
  return JSON.parse(readFileSync(vectorsPath(path), 'utf8'))
}
