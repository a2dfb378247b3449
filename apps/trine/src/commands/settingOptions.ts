import {
  flagName,
  type NodeSetting,
  type NodeSettingName,
  SETTING_GROUPS,
  settingOf,
} from '@trine/config/settings'
import { Option } from 'commander'

/** The option of a setting, then its other names, which help leaves out. */
export function optionsOf(name: NodeSettingName): Option[] {
  const setting = settingOf(name)
  const flag = flagName(name)
  const heading = `${SETTING_GROUPS[setting.group]}:`
  if (setting.placeholder === undefined) {
    const [shown, hidden] =
      setting.fallback === 'true' ? [`--no-${flag}`, `--${flag}`] : [`--${flag}`, `--no-${flag}`]
    const description = setting.fallback === 'true' ? `do not ${setting.description}` : setting.description
    return [new Option(shown, description).helpGroup(heading), new Option(hidden).hideHelp()]
  }
  const [main, ...others] = [flag, ...(setting.aliases ?? [])].map((alias) => valueOption(alias, setting))
  return [main!.helpGroup(heading), ...others.map((option) => option.hideHelp())]
}

function valueOption(
  flag: string,
  { placeholder, description, fallback, isRepeatable }: NodeSetting,
): Option {
  const shown = fallback === undefined ? description : `${description} (default: ${fallback})`
  const option = new Option(`--${flag} ${placeholder}`, shown)
  if (isRepeatable) {
    option.argParser((text, previous: readonly string[] = []) => [...previous, ...text.split(',')])
  }
  return option
}
