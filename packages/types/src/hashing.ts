import { setHasher } from '@chainsafe/persistent-merkle-tree'
import { hasher } from '@chainsafe/persistent-merkle-tree/hasher/as-sha256'

// SHA-256 in WebAssembly: the library's default is plain JavaScript and several times slower. This module is imported
// first by everything that hashes.
setHasher(hasher)
