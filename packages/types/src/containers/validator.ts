import { ContainerType } from '@chainsafe/ssz'
import type { Uint64 } from '../uint64.ts'
import { publicKeyType, uint64Type } from './basic.ts'

/** An entry of the registry. A validator is its position in the list; `index` is only carried along. 60 bytes. */
export type Validator = { pubkey: Uint8Array; index: Uint64 }

export const validatorType = new ContainerType(
  { pubkey: publicKeyType, index: uint64Type },
  { typeName: 'Validator' },
)
