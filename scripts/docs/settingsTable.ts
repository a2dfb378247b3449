/** The settings of a node as rows of a table, from the settings themselves. */
import {
  flagName,
  NODE_SETTING_NAMES,
  type NodeSettingName,
  SETTING_GROUPS,
  settingOf,
  variableName,
} from '../../packages/config/src/nodeSettings.ts'

export const SETTINGS_HEAD = ['flag', 'variable', 'other names', 'default', 'what']

/** One row per setting, below a row with the name of its group. */
export function settingsRows(): string[][] {
  return Object.entries(SETTING_GROUPS).flatMap(([group, title]) => [
    [`**${title}**`, '', '', '', ''],
    ...NODE_SETTING_NAMES.filter((name) => settingOf(name).group === group).map(rowOf),
  ])
}

function rowOf(name: NodeSettingName): string[] {
  const { description, placeholder, aliases = [], fallback, isRequired, isRepeatable } = settingOf(name)
  const flag = placeholder === undefined ? `--${flagName(name)}` : `--${flagName(name)} ${placeholder}`
  const remarks = isRepeatable ? `${description}; several by comma, or the flag several times` : description
  return [
    `\`${flag}\``,
    `\`${variableName(name)}\``,
    aliases.map((alias) => `\`--${alias}\``).join(', '),
    isRequired ? 'required' : fallback === undefined ? '' : `\`${fallback}\``,
    remarks,
  ]
}
