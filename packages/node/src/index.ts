export { createNode, type LeanNode, type NodeRefs } from './createNode.ts'
export type { Duties, NodeParts, ValidatorOutlets } from './parts.ts'
