import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseValidatorConfig } from '@trine/config'
import { readFileAs } from '../node/readFileAs.ts'
import { type DevnetFiles, dataFolderOf } from './devnetFiles.ts'
import { ProcessNode } from './processNode.ts'
import { RemoteStatus } from './remoteStatus.ts'
import type { RunningNodes } from './runDevnet.ts'

/** Starts each node of a local network as a process of its own, whose log is `logs/NAME.log` of the folder. */
export async function startProcesses(dir: string, files: DevnetFiles): Promise<RunningNodes> {
  const abort = new AbortController()
  const nodes = await planNodes(dir, files)
  const statuses = nodes.map((node) => new RemoteStatus(node))
  const stop = async () => {
    abort.abort()
    await Promise.all(nodes.map((node) => node.end('SIGTERM')))
  }
  let onTick = () => {}
  try {
    for (const node of nodes) {
      node.start()
      void node.process?.ended().then((code) => {
        if (abort.signal.aborted) return
        console.error(`${node.plan.name} ended with exit code ${code}: see ${node.plan.logFile}`)
      })
    }
    await Promise.all(
      statuses.map((status, index) => status.follow(() => index === 0 && onTick(), abort.signal)),
    )
  } catch (error) {
    await stop()
    throw error
  }
  return {
    apiUrl: nodes[0]!.plan.apiUrl,
    statuses: nodes.map(({ plan }, index) => ({ name: plan.name, status: statuses[index]! })),
    onTick: (update) => {
      onTick = update
    },
    stop,
  }
}

async function planNodes(dir: string, { genesisFolder, names }: DevnetFiles): Promise<ProcessNode[]> {
  const logs = join(dir, 'logs')
  mkdirSync(logs, { recursive: true })
  const planned = await readFileAs(join(genesisFolder, 'validator-config.yaml'), parseValidatorConfig)
  return names.map((name, index) => {
    const { apiPort, metricsPort } = planned.find((node) => node.name === name) ?? {}
    return new ProcessNode({
      index,
      name,
      args: [
        ...['--genesis', genesisFolder, '--node-id', name, '--data-dir', dataFolderOf(dir, name)],
        ...['--socket-address', '127.0.0.1'],
      ],
      apiUrl: `http://127.0.0.1:${apiPort}`,
      metricsUrl: `http://127.0.0.1:${metricsPort}`,
      logFile: join(logs, `${name}.log`),
    })
  })
}
