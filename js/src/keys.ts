/** Keys as a namespace and the last segment, which is what tells one key from the next. */

const DELIMITERS = [":", "/", "."] as const;

/** The delimiter most of these keys have, or null where less than a third have one. */
export function guessDelimiter(keys: readonly string[]): string | null {
  let best: string | null = null;
  let most = keys.length / 3;
  for (const delimiter of DELIMITERS) {
    const having = keys.filter((key) => splitKey(key, delimiter)[0] !== "").length;
    if (having > most) {
      most = having;
      best = delimiter;
    }
  }
  return best;
}

/** ["prod:sess:", "9f31c2"]; a delimiter at the very end belongs to the last segment. */
export function splitKey(key: string, delimiter: string | null): [namespace: string, leaf: string] {
  if (delimiter === null || key.length < 2) return ["", key];
  const at = key.lastIndexOf(delimiter, key.length - 2);
  return at < 1 ? ["", key] : [key.slice(0, at + 1), key.slice(at + 1)];
}
