import { type NodeConfig, withoutSecrets } from '@trine/config'
import { flagName, NODE_SETTING_NAMES } from '@trine/config/settings'

type Value = string | number | boolean | readonly string[]

/** The settings in force, by the names of the flags; without what URLs carry to log in. */
export function redactConfig(config: NodeConfig): Record<string, Value> {
  const redacted: Record<string, Value> = {}
  for (const name of NODE_SETTING_NAMES) {
    const value: Value | undefined = config[name]
    if (value === undefined) continue
    if (typeof value === 'string') redacted[flagName(name)] = withoutSecrets(value)
    else redacted[flagName(name)] = typeof value === 'object' ? value.map(withoutSecrets) : value
  }
  return redacted
}
