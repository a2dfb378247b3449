export { choice, fields, flag, indices, list, realNumber, text, wholeNumber } from './fields.ts'
export {
  checkSettings,
  describeSettingsError,
  parseSettings,
  refuseSettings,
  type SettingsError,
  type SettingsResult,
} from './readSettings.ts'
