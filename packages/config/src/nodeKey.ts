import { checkSettings, type SettingsResult } from '@trine/settings'
import { nodeKeyText } from './texts.ts'

/** Reads `<node>.key`: 64 hex digits, `0x` or not, and a line end or not. The refusal does not show what is there. */
export function parseNodeKey(text: string): SettingsResult<Uint8Array> {
  return checkSettings(text.trim(), nodeKeyText())
}
