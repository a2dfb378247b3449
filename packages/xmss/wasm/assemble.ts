import createWabt from 'wabt'
import { moduleText } from './module.ts'

/** The kernels' bytes. The assembler translates word by word and does not optimise: optimisers make them slower. */
export async function assemble(): Promise<Uint8Array> {
  const wabt = await createWabt()
  const module = wabt.parseWat('kernels.wat', moduleText(), { simd: true })
  try {
    module.validate()
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}

/** The bytes as a TypeScript file. */
export function generatedSource(bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString('base64')
  return [
    '// Made from the folder `wasm` by `npm run wasm -w @trine/xmss`. Do not edit: a test compares.',
    `/** ${bytes.length} bytes of WebAssembly in base64, with line breaks. */`,
    `export const KERNELS = \`\n${base64.replace(/.{120}/g, '$&\n')}\``,
    '',
  ].join('\n')
}
