import { type EffectiveSetting, type ResolvedNodeConfig, withoutSecrets } from '@trine/config'
import { flagName, NODE_SETTING_NAMES } from '@trine/config/settings'
import { stringify } from 'yaml'

/**
 * Every setting in force with where it was given, as a file that `--config-file` reads; those that nothing gave are
 * comments. What URLs carry to log in is left out.
 */
export function printConfig({ effective }: ResolvedNodeConfig): string {
  const given = new Map(effective.map((setting) => [setting.name, setting]))
  return NODE_SETTING_NAMES.map((name) => {
    const setting = given.get(name)
    return setting === undefined ? `# ${flagName(name)}:` : lineOf(setting)
  }).join('\n')
}

function lineOf({ name, text, source }: EffectiveSetting): string {
  const shown = typeof text === 'string' ? withoutSecrets(text) : text.map(withoutSecrets).join(',')
  const value = stringify(shown, { schema: 'failsafe', lineWidth: 0 }).trimEnd()
  return `${flagName(name)}: ${value}  # ${source}`
}
