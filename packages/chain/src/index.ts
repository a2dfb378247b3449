export { createChain } from './createChain.ts'
export { type ChainLimits, DEFAULT_LIMITS } from './limits.ts'
export type { ChainParts, FinalMark, StoreStep, Transition } from './parts.ts'
