export {
  AGAINST_SLOTS,
  AgainstDevnet1,
  type AgainstReport,
  type AgainstSlot,
  type Agreement,
  type RuleAlone,
  type Side,
} from './against.ts'
export { DevnetRun } from './devnetRun.ts'
export type { RuleCounts } from './devnetStaker.ts'
