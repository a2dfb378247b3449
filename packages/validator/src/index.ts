export { MemoryLedger } from './memoryLedger.ts'
export type { ValidatorParts } from './parts.ts'
export { createValidator } from './validatorService.ts'
