import type { Runner } from './runner.ts'

/** Every kind of vector that is known, in the order in which they are asked whether a file is theirs. */
export async function loadRunners(): Promise<Runner[]> {
  const { stateTransitionRunner } = await import('./devnet1/stateTransition.ts')
  const { forkChoiceRunner } = await import('./devnet1/forkChoice.ts')
  const { randomSszRunner } = await import('./devnet1/randomSsz.ts')
  const { randomChainRunner } = await import('./devnet1/randomChain.ts')
  const { randomForkChoiceRunner } = await import('./devnet1/randomForkChoice.ts')
  const { createRecordingRunner } = await import('./devnet1/recording.ts')
  const { signedFileRunner } = await import('./devnet1/signedFile.ts')
  const { mini3sfPrintoutRunner, mini3sfRunner } = await import('./mini3sf.ts')
  const { networkingRunner } = await import('./networking.ts')
  const { production } = await import('@trine/xmss')
  const { wrongSignature } = await import('./xmss/signatureVerifier.ts')
  const { verifySignaturesRunner } = await import('./xmss/verifySignatures.ts')
  const { xmssRunners } = await import('./xmss/runners.ts')
  return [
    stateTransitionRunner,
    forkChoiceRunner,
    randomSszRunner,
    randomChainRunner,
    randomForkChoiceRunner,
    createRecordingRunner((checks, encoding) => wrongSignature(production, checks, encoding)),
    verifySignaturesRunner,
    signedFileRunner,
    mini3sfRunner,
    mini3sfPrintoutRunner,
    networkingRunner,
    ...xmssRunners,
  ]
}
