import { render } from 'preact'
import { App } from './app.tsx'
import { createLiveSource } from './liveSource.ts'
import { createRecordingSource, readEmbeddedRecording } from './recordingSource.ts'
import type { Source } from './source.ts'

async function openSource(): Promise<Source> {
  const embedded = document.getElementById('recording')
  if (embedded !== null) return createRecordingSource(await readEmbeddedRecording(embedded))
  return createLiveSource(location.href)
}

const root = document.getElementById('explorer')!
try {
  render(<App source={await openSource()} />, root)
} catch (error) {
  render(
    <p class="failure">This page could not be shown: {String((error as Error).message ?? error)}</p>,
    root,
  )
}
