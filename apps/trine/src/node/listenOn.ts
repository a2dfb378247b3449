import { UserError } from '../userError.ts'

/** Begins to listen; a port that cannot be had is a UserError that names the flag. */
export async function listenOn(
  flag: string,
  host: string,
  port: number,
  listen: () => Promise<{ readonly port: number }>,
): Promise<string> {
  try {
    const address = host.includes(':') ? `[${host}]` : host
    return `http://${address}:${(await listen()).port}`
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'it is in use' : message
    throw new UserError(`${flag}: expected a port that is free on ${host}, got ${port}: ${reason}`)
  }
}
