export { removeTemporaryFiles, writeFileAtomic } from './atomicFile.ts'
export {
  readLimited,
  readPassphraseFile,
  readSecretKeyFile,
  type WriteKeyOptions,
  writeSecretKeyFile,
} from './keyFiles.ts'
