import { type AdminFlags, askAdmin } from '../admin/askAdmin.ts'

/** Has a running node write a bundle, and prints where it is. */
export async function bundleCommand(flags: AdminFlags & { readonly json?: boolean }): Promise<void> {
  const report = await askAdmin(flags, 'bundle')
  if (flags.json) console.log(JSON.stringify(report))
  else console.log(`${String(report['file'])}: ${String(report['bytes'])} bytes, on the machine of the node`)
}
