export { removeTemporaryFiles, writeFileAtomic } from './atomicFile.ts'
export { readLimited, readPassphraseFile, readSecretKeyFile } from './keyFiles.ts'
