import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { ensureExplorer } from '../build.ts'
import type { Recording } from './recording.ts'

/**
 * One file that shows a recording and needs nothing else: the page's script and style stand in it, and its
 * Content-Security-Policy allows these two by their hashes and nothing from any host.
 */
export async function recordingPage(recording: Recording): Promise<string> {
  const folder = await ensureExplorer()
  const script = readFileSync(`${folder}explorer.js`, 'utf8').replaceAll('</script', '<\\/script')
  const style = readFileSync(`${folder}explorer.css`, 'utf8').replaceAll('</style', '<\\/style')
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`
  const data = gzipSync(JSON.stringify(recording), { level: 9 }).toString('base64')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(recording.title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This page draws the recording in it with a script that stands in it too. Please allow it.</noscript>
<div id="explorer"></div>
<script type="text/plain" id="recording">${data}</script>
<script type="module">${script}</script>
</body>
</html>
`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
