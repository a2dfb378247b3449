import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import type { FastifyReply } from 'fastify'

/** A file to be served: its bytes, and what they are. */
export type StaticFile = { readonly bytes: Uint8Array; readonly mediaType: string }

/** Files by the path at which they are served, e.g. `/index.html`. Nothing else can be reached. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/**
 * Reads every regular file of a folder, those below it included, into memory: what is served is decided once, and no
 * request is ever turned into the name of a file. Symbolic links are left out.
 *
 * @throws the error of node:fs when the folder cannot be read
 */
export function readStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${file.slice(join(folder, sep).length).split(sep).join('/')}`
    const mediaType = MEDIA_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream'
    files.set(path, { bytes: readFileSync(file), mediaType })
  }
  return files
}

/** Most other nodes that one page may be opened on. */
const MOST_NODES = 16

/**
 * Everything comes from this server, and nobody may put the page into a frame of theirs. The page may ask those nodes
 * besides this one that its own address names, `?nodes=http://host:port,...`, and no others.
 */
function contentSecurityPolicy(url: string): string {
  const nodes = new URLSearchParams(url.split('?')[1] ?? '').get('nodes')?.split(',') ?? []
  const origins = nodes
    .slice(0, MOST_NODES)
    .flatMap((node) => (URL.canParse(node) ? [new URL(node).origin] : []))
    // A host may hold characters that mean something here.
    .filter((origin) => /^https?:\/\/[\w.[\]:-]+$/.test(origin))
  const sources = ["'self'", ...new Set(origins)].join(' ')
  return `default-src 'self'; connect-src ${sources}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
}

/** The file that a request's path means: `/` and whatever ends with it is an `index.html`. */
export function findStaticFile(files: StaticFiles, path: string): StaticFile | undefined {
  return files.get(decodedPath(path.endsWith('/') ? `${path}index.html` : path))
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

export function sendFile(reply: FastifyReply, { bytes, mediaType }: StaticFile, url: string): FastifyReply {
  return reply
    .status(200)
    .type(mediaType)
    .header('content-security-policy', contentSecurityPolicy(url))
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache')
    .send(bytes)
}
