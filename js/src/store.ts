/**
 * A key-value store in memory with the shape of LangChain.js' `BaseStore<string, T>`.
 *
 * Keys are any strings (`__proto__`, `toString` and `"10"` included) and come back in the order in
 * which they were first set. Not a subclass, so that it brings no dependency; it is accepted where
 * the four methods are what is asked for.
 */
export class InMemoryStore<T = unknown> {
  readonly #entries = new Map<string, T>();

  /** How many keys there are. */
  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.set(key, value);
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  /** The keys there are now, those that begin with `prefix` if one is given. */
  *keys(prefix = ""): Generator<string, void, undefined> {
    for (const key of [...this.#entries.keys()]) {
      if (key.startsWith(prefix) && this.#entries.has(key)) yield key;
    }
  }

  /** The values of `keys`, in their order; `undefined` where there is none. */
  async mget(keys: readonly string[]): Promise<(T | undefined)[]> {
    return checkedKeys("mget", keys).map((key) => this.#entries.get(key));
  }

  /** Sets all pairs or, if one of them is not a pair with a string key, none (`TypeError`). */
  async mset(keyValuePairs: readonly (readonly [string, T])[]): Promise<void> {
    if (!Array.isArray(keyValuePairs)) {
      throw new TypeError(`mset: keyValuePairs must be an array of pairs, got ${typeof keyValuePairs}`);
    }
    const odd = keyValuePairs.findIndex((pair) => !Array.isArray(pair) || pair.length !== 2);
    if (odd !== -1) throw new TypeError(`mset: no pair of a key and a value at position ${odd}`);
    checkedKeys(
      "mset",
      keyValuePairs.map(([key]) => key),
    );
    for (const [key, value] of keyValuePairs) this.#entries.set(key, value);
  }

  /** Deletes the keys that are there; the others are no error. */
  async mdelete(keys: readonly string[]): Promise<void> {
    for (const key of checkedKeys("mdelete", keys)) this.#entries.delete(key);
  }

  /**
   * The keys, those that begin with `prefix` if one is given. Safe beside writers: yields what was
   * there at the first step and has not been deleted when its turn comes; nothing added later.
   */
  async *yieldKeys(prefix?: string): AsyncGenerator<string, void, undefined> {
    yield* this.keys(prefix);
  }
}

function checkedKeys(method: string, keys: readonly unknown[]): string[] {
  if (!Array.isArray(keys)) throw new TypeError(`${method}: keys must be an array, got ${typeof keys}`);
  const wrong = keys.findIndex((key) => typeof key !== "string");
  if (wrong !== -1) {
    throw new TypeError(`${method}: a key must be a string, got ${typeof keys[wrong]} at position ${wrong}`);
  }
  return keys;
}
