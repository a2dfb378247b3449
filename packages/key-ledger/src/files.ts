/** The few operations on files that a ledger needs. All reject with what the operating system said. */
export interface LedgerFiles {
  /** Opens a file to read and write; undefined when there is none. */
  open(path: string): Promise<LedgerFile | undefined>
  /** Makes a file with this content, or replaces one: durable as a whole when the promise resolves. */
  create(path: string, content: Uint8Array): Promise<LedgerFile>
  /** Takes a lock that ends with the process at the latest; undefined when someone else holds it. */
  lock(path: string): Promise<LedgerLock | undefined>
}

export interface LedgerFile {
  /** The first bytes of the file, at most `limit`. */
  read(limit: number): Promise<Uint8Array>
  write(offset: number, bytes: Uint8Array): Promise<void>
  /** Resolves when all writes are durable, in the file that has the path it was opened by. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface LedgerLock {
  release(): Promise<void>
}
