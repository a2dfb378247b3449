import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDevnet } from '../src/devnet/devnetFiles.ts'
import { makeNetwork, temporaryFolder } from './support/network.ts'

let dir = ''
beforeEach(async () => {
  dir = temporaryFolder()
  // Of long ago: its keys are used up.
  await makeNetwork(join(dir, 'genesis'), { nodes: '1', validators: '1', genesisTime: '1700000000' })
  writeFileSync(join(dir, 'mine.txt'), 'mine')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const said: string[] = []
const open = (flags: { nodes?: string; validators?: string; fresh?: boolean }) =>
  openDevnet({ dir, ...flags }, (line) => said.push(line))
const configOf = (folder: string) => readFileSync(join(folder, 'genesis', 'config.yaml'), 'utf8')

it('a network is given up without the folder and what else is in it', async () => {
  const before = { folder: statSync(dir).ino, config: configOf(dir) }
  const made = await open({ fresh: true, nodes: '1' })
  expect(made).toMatchObject({ isNew: true, names: ['trine_0'], validators: 1 })
  expect(readdirSync(dir).sort()).toEqual(['genesis', 'mine.txt'])
  expect(statSync(dir).ino).toBe(before.folder)
  expect(configOf(dir)).not.toBe(before.config)
})

it('a network is not given up for flags that are wrong', async () => {
  const before = configOf(dir)
  await expect(open({ fresh: true, nodes: '0' })).rejects.toThrow(/^--nodes: expected a whole number from 1/)
  await expect(open({ fresh: true, nodes: '1', validators: 'x' })).rejects.toThrow(/^--validators: expected/)
  expect(configOf(dir)).toBe(before)
})

it('a network whose keys are used up is kept, within the folder', async () => {
  const before = configOf(dir)
  expect(await open({})).toMatchObject({ isNew: true, names: ['trine_0'], validators: 1 })
  const aside = join(dir, 'ended-1700000000')
  expect(said).toEqual([expect.stringContaining(`kept as ${aside}`)])
  expect(configOf(aside)).toBe(before)
  expect(existsSync(join(dir, 'mine.txt'))).toBe(true)
})
