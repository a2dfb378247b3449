/** Assembles the kernels into src/generated/kernels.ts: `npm run wasm -w @trine/xmss`. */
import { writeFileSync } from 'node:fs'
import { assemble, generatedSource } from './assemble.ts'

const target = new URL('../src/generated/kernels.ts', import.meta.url)
writeFileSync(target, generatedSource(await assemble()))
