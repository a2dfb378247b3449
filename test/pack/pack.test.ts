import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { pack, type Tarball } from '../../scripts/pack.ts'
import { type Consumer, createConsumer } from '../support/consumer.ts'
import { filesIn } from '../support/pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the published packages, installed by somebody else', () => {
  let tarballFolder: string
  let tarballs: Tarball[]
  let consumer: Consumer

  beforeAll(async () => {
    tarballFolder = mkdtempSync(join(tmpdir(), 'trine-tarballs-'))
    tarballs = await pack(tarballFolder)
    consumer = createConsumer(tarballs)
    const argv = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
    const installed = consumer.run('npm', ...argv)
    if (installed.status !== 0) throw new Error(`npm install: ${installed.stderr}`)
  }, 600_000)

  afterAll(() => {
    consumer?.remove()
    rmSync(tarballFolder, { recursive: true, force: true })
  })

  /** Runs a module of plain JavaScript in the project. */
  function runModule(code: string): string {
    writeFileSync(join(consumer.folder, 'example.js'), code)
    const { status, stdout, stderr } = consumer.run(process.execPath, 'example.js')
    expect(status, stderr).toBe(0)
    return stdout
  }

  const trine = (...argv: string[]) => consumer.run('npx', '--no-install', 'trine', ...argv)

  it('are all of them, of one version, without TypeScript sources', () => {
    const workspaces = ['packages', 'apps'].flatMap((group) =>
      readdirSync(`${root}${group}`).filter((name) => existsSync(`${root}${group}/${name}/package.json`)),
    )
    expect(tarballs.length).toBe(workspaces.length)
    for (const { name, version } of tarballs) {
      expect(version).toBe(tarballs[0]!.version)
      const files = readdirSync(join(consumer.folder, 'node_modules', name), {
        recursive: true,
        encoding: 'utf8',
      }).filter((file) => !/(^|\/)node_modules\//.test(file))
      expect(files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))).toEqual([])
      expect(files.filter((file) => /\.(test|bench)\./.test(file))).toEqual([])
      expect(files).toContain('LICENSE')
    }
  })

  it('can be imported by every name they export', () => {
    const specifiers = tarballs.flatMap(({ name }) => {
      const manifest = readFileSync(join(consumer.folder, 'node_modules', name, 'package.json'), 'utf8')
      const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> }
      return Object.keys(exports).map((path) => `${name}${path.slice(1)}`)
    })
    expect(specifiers.length).toBeGreaterThan(tarballs.length)
    const printed = runModule(`
      let count = 0
      for (const specifier of ${JSON.stringify(specifiers)}) {
        if (Object.keys(await import(specifier)).length > 0) count++
        else console.log(specifier, 'exports nothing')
      }
      console.log(count)
      process.exit()
    `)
    expect(printed).toBe(`${specifiers.length}\n`)
  })

  it('simulate a network with a fault plan, by the workflow of the CI page', () => {
    const [[name, scenario]] = [...filesIn('docs/quick-start-ci.md')] as [[string, string]]
    mkdirSync(dirname(join(consumer.folder, name)), { recursive: true })
    writeFileSync(join(consumer.folder, name), scenario)
    const workflow = parse(readFileSync(`${root}docs/ci/trine.yml`, 'utf8')) as {
      jobs: { simulate: { steps: { run?: string }[] } }
    }
    const command = workflow.jobs.simulate.steps.find(({ run }) => run?.includes('trine simulate'))?.run
    const argv = command!
      .replace(/"\$\{\{.*?\}\}"/, '1234')
      .trim()
      .split(/\s+/)
    expect(argv.slice(0, 3)).toEqual(['npx', 'trine', 'simulate'])
    expect(argv).toContain(name)

    const { status, stdout, stderr } = trine(...argv.slice(2))
    expect(status, `${stdout}${stderr}`).toBe(0)
    expect(readFileSync(join(consumer.folder, 'report.xml'), 'utf8')).toContain('seed" value="1234"')
    expect(readFileSync(join(consumer.folder, 'run.jsonl'), 'utf8').length).toBeGreaterThan(1000)
  })

  it('bring the explorer: a run as one page', () => {
    const { status, stdout, stderr } = trine(
      'simulate',
      '--slots',
      '4',
      '--signatures',
      'none',
      '--html',
      'run.html',
    )
    expect(status, `${stdout}${stderr}`).toBe(0)
    expect(readFileSync(join(consumer.folder, 'run.html'), 'utf8')).toContain('id="explorer"')
  })

  it('run many replays on all cores, with workers of their own', () => {
    const { status, stdout, stderr } = trine('replay', '--seeds', '0..3')
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('finality delay')
  })

  it('sign and verify in a pool of workers', () => {
    const printed = runModule(`
      import { devnet, encodePublicKey, keyGen, production, sign, verify } from '@trine/xmss'
      import { createPool } from '@trine/xmss/pool'
      const made = await keyGen(devnet, 0, 2048, { seed: new Uint8Array(32).fill(7) })
      const { publicKey, secretKey } = made.value
      const message = new Uint8Array(32).fill(1)
      const signature = sign(devnet, secretKey, 5, message).value
      console.log(verify(production, publicKey, 5, message, signature))
      const pool = createPool({ scheme: production, encoding: 'ssz3112' })
      const keyId = pool.addKey({ scheme: devnet, publicKey, secretKey })
      const signed = await pool.submitSign({ keyId, epoch: 6, message }).value.result
      const item = { publicKey: encodePublicKey(publicKey), epoch: 6, message, signature: signed.value }
      const answer = await pool.submitVerify([item, { ...item, epoch: 7 }]).value.result
      console.log(answer.value)
      await pool.close()
    `)
    expect(printed).toBe('true\n[ true, false ]\n')
  })

  it('have types that a strict compiler takes', () => {
    writeFileSync(
      join(consumer.folder, 'example.ts'),
      `import { parseScenario, resolveScenario, simulate, type SimulationReport } from '@trine/simulator'
const input = parseScenario('{ nodes: 2, validators: 2, slots: 4, signatures: none }')
const scenario = input.ok ? resolveScenario(input.value) : input
if (!scenario.ok) throw new Error(scenario.error.field)
const report: SimulationReport = await simulate(scenario.value)
export const isOk: boolean = report.isOk
// @ts-expect-error the compiler sees the types
export const wrong: string = report.isOk
`,
    )
    const options = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', '--skipLibCheck']
    const tsc = `${root}node_modules/typescript/bin/tsc`
    const { status, stdout } = consumer.run(
      process.execPath,
      tsc,
      ...options,
      '--types',
      '',
      '--lib',
      'esnext,dom',
      'example.ts',
    )
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })
})
