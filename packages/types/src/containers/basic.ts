import { ByteVectorType } from '@chainsafe/ssz'
import { PRESET } from '../preset.ts'
import { Uint64Type } from '../uint64.ts'

export const uint64Type = new Uint64Type()
export const rootType = new ByteVectorType(32)
export const publicKeyType = new ByteVectorType(PRESET.publicKeyLength)
