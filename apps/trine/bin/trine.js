#!/usr/bin/env node
import module from 'node:module'

// Plain JavaScript on purpose: an old Node must be able to read this file and say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `trine needs Node 22.18 or newer, this is ${process.versions.node}. ` +
      'Inside the checkout, "npx trine" uses the Node 24 that "npm install" brought.',
  )
  process.exit(2)
}
// Start-up is mostly reading code: keep what was compiled.
module.enableCompileCache?.()
const { run } = await import('../src/main.ts')
await run(process.argv)
