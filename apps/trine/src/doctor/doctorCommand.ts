import { z } from 'zod'
import { type AdminFlags, askAdmin } from '../admin/askAdmin.ts'
import { type NodeFlags, readNodeConfig } from '../node/readNodeConfig.ts'
import { runDoctor } from './doctor.ts'
import { printChecks } from './printChecks.ts'

const reportShape = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['ok', 'warn', 'fail', 'unknown']),
      detail: z.string(),
      fix: z.string().exactOptional(),
    }),
  ),
})

export type DoctorFlags = NodeFlags & AdminFlags & { readonly json?: boolean }

/** Looks over what a node needs, or a node that runs; exit code 1 when something fails. */
export async function doctorCommand({ json, adminUrl, ...flags }: DoctorFlags): Promise<void> {
  const checks =
    adminUrl === undefined
      ? await runDoctor((await readNodeConfig(flags, process.env)).config)
      : (await askAdmin({ adminUrl, adminTokenFile: flags.adminTokenFile }, 'doctor', reportShape)).checks
  console.log(json ? JSON.stringify({ checks }, null, 2) : printChecks(checks))
  process.exitCode = checks.some(({ outcome }) => outcome === 'fail') ? 1 : 0
}
