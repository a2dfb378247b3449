export { createNode, type LeanNode } from './createNode.ts'
export type { Duties, NodeParts, ValidatorOutlets } from './parts.ts'
export { type Refused, TRANSPORT } from './refusals.ts'
export { createStarts, type NodeRefs, type ServiceParts, type ServiceStarts } from './services.ts'
