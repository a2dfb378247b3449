import { ContainerType } from '@chainsafe/ssz'
import type { Uint64 } from '../uint64.ts'
import { uint64Type } from './basic.ts'

/** What of the configuration is part of the state: the genesis time in Unix seconds. */
export type Config = { genesisTime: Uint64 }

export const configType = new ContainerType({ genesisTime: uint64Type }, { typeName: 'Config' })
