export { createLab, type Lab, type LabOptions } from './lab.ts'
export type { Neighbour, Script } from './neighbour.ts'
export { expectSequence, type Step } from './sequence.ts'
