import type { FastifyInstance } from 'fastify'
import { CONTENT_SECURITY_POLICY, findStaticFile, type StaticFiles } from './staticFiles.ts'

/** Serves files under `/`, beside the API: a page that may load from this server and from nowhere else. */
export function serveStaticFiles(server: FastifyInstance, files: StaticFiles): void {
  const paths = new Set([...files.keys(), ...[...files.keys()].map(indexPath)])
  for (const path of paths) {
    const file = findStaticFile(files, path)
    if (file === undefined) continue
    server.get(path, (_request, reply) =>
      reply
        .type(file.mediaType)
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-cache')
        .send(file.bytes),
    )
  }
}

/** `/index.html` is served at `/` too. */
function indexPath(path: string): string {
  return path.endsWith('/index.html') ? path.slice(0, -'index.html'.length) : path
}
