export { type BuildBlockInput, type BuiltBlock, buildBlock } from './buildBlock.ts'
export { describeTransitionError, type TransitionError, type TransitionErrorCode } from './errors.ts'
export { describeGenesisError, type GenesisError, generateGenesis, genesisBlock } from './genesis.ts'
export { type LinkVerdict, processAttestations } from './processAttestations.ts'
export { processBlockHeader } from './processBlockHeader.ts'
export { processSlots } from './processSlots.ts'
export { blockHeader, blockHeaderRoot, blockRoot, stateRoot } from './roots.ts'
export {
  type SignatureCheck,
  type SignatureCheckError,
  signatureCheck,
  signatureChecks,
} from './signatureChecks.ts'
export { isJustifiableAfter, isProposer, proposerOf } from './slots.ts'
export { type OnPhase, processBlock, stateTransition } from './stateTransition.ts'
