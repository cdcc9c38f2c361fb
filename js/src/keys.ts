/**
 * A key as a namespace and the last segment, which is what tells one key from the next:
 * ["prod:sess:", "9f31c2"]. Each character of `delimiters` is one; at the very end it belongs to the segment.
 */
export function splitKey(key: string, delimiters: string): [namespace: string, leaf: string] {
  let at = 0;
  for (const delimiter of delimiters) at = Math.max(at, key.lastIndexOf(delimiter, key.length - 2));
  return at < 1 ? ["", key] : [key.slice(0, at + 1), key.slice(at + 1)];
}
