import { printConfig } from './printConfig.ts'
import { type NodeFlags, readNodeConfig } from './readNodeConfig.ts'

/** What `trine node` does with its flags. */
export async function nodeCommand(flags: NodeFlags & { readonly printConfig?: boolean }): Promise<void> {
  const resolved = await readNodeConfig(flags, process.env)
  if (flags.printConfig) {
    console.log(printConfig(resolved))
    return
  }
  const { runNode } = await import('./runNode.ts')
  await runNode(resolved.config)
}
