/** Forgets what was put first into a map or set, if that has grown over its limit by one. */
export function dropOldest<Key>(
  bounded: { readonly size: number; keys(): Iterable<Key>; delete(key: Key): unknown },
  limit: number,
): void {
  if (bounded.size <= limit) return
  const [oldest] = bounded.keys()
  bounded.delete(oldest!)
}
