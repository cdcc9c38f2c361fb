/** A namespace as the steps that lead to it. */

export interface Step {
  /** What the query is narrowed to at this step. */
  prefix: string;
  name: string;
  /** What ends it; "" where the namespace is not a whole one. */
  delimiter: string;
}

/** "prod:docs/" by ":/" is prod (prod:), docs (prod:docs/). */
export function pathOf(namespace: string, delimiters: string): Step[] {
  const steps: Step[] = [];
  let from = 0;
  const end = (to: number, delimiter: string) => {
    const name = namespace.slice(from, to);
    steps.push({ prefix: namespace.slice(0, to + delimiter.length), name, delimiter });
    from = to + delimiter.length;
  };
  for (let i = 0; i < namespace.length; i++) {
    if (delimiters.includes(namespace[i]!)) end(i, namespace[i]!);
  }
  if (from < namespace.length) end(namespace.length, "");
  return steps;
}

/** What comes next of a list toggled: with the item, or without it where it is in already. */
export function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
