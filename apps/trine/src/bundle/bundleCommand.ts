import { z } from 'zod'
import { type AdminFlags, askAdmin } from '../admin/askAdmin.ts'

const reportShape = z.looseObject({ file: z.string(), bytes: z.number() })

/** Has a running node write a bundle, and prints where it is. */
export async function bundleCommand(flags: AdminFlags & { readonly json?: boolean }): Promise<void> {
  const report = await askAdmin(flags, 'bundle', reportShape)
  if (flags.json) console.log(JSON.stringify(report))
  else console.log(`${report.file}: ${report.bytes} bytes, on the machine of the node`)
}
