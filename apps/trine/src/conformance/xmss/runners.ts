import type { Runner } from '../runner.ts'
import { chainsTreesRunner } from './chainsTrees.ts'
import { encodingsRunner } from './encodings.ts'
import { hypercubeRunner } from './hypercube.ts'
import { keyFileRunner } from './keyFiles.ts'
import { koalabearRunner } from './koalabear.ts'
import { messageHashRunner } from './messageHash.ts'
import { modesRunner } from './modes.ts'
import { linearLayersRunner, permutationRunner } from './poseidon2.ts'
import { prfRunner } from './prf.ts'
import { tamperedRunner } from './tampered.ts'
import { testKeysRunner } from './testKeys.ts'
import { treesRunner } from './trees.ts'
import { tweaksRunner } from './tweaks.ts'

/** Every kind of xmss vector, told apart by what is in it. */
export const xmssRunners: readonly Runner[] = [
  koalabearRunner,
  permutationRunner,
  linearLayersRunner,
  modesRunner,
  prfRunner,
  tweaksRunner,
  hypercubeRunner,
  messageHashRunner,
  chainsTreesRunner,
  keyFileRunner,
  testKeysRunner,
  treesRunner,
  tamperedRunner,
  encodingsRunner,
]
