export { createMemoryBlockStore, type MemoryBlockStoreOptions } from './memoryBlockStore.ts'
