import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Link } from "../../link.js";
import type { LogGroup, LogQuery, LogState } from "../../wire.gen.js";
import { createQueries, type Queries } from "../query.js";

export type LogQueries = Queries<LogQuery>;
export type Grouping = LogQuery["group"];

const ALL: LogQuery = {
  filter: "",
  kinds: [],
  node: null,
  step: null,
  thread: null,
  cell: null,
  key: null,
  group: "",
};

export function createLogQuery(
  link: Link,
  log: ReadonlySignal<LogState | null>,
  announce: (text: string) => void,
): LogQueries {
  return createQueries(
    computed(() => log.value?.query ?? ALL),
    computed(() => JSON.stringify([log.value?.query, log.value?.problem])),
    (changes) => link.request("log", changes),
    announce,
  );
}

/** What lists all again, but for how it is grouped. */
export const everything = (): Partial<LogQuery> => {
  const { group, ...rest } = ALL;
  return rest;
};

export const narrows = (query: LogQuery) =>
  Object.keys(everything()).some((name) => {
    const value = query[name as keyof LogQuery];
    return Array.isArray(value) ? value.length > 0 : value !== "" && value !== null;
  });

/** What lists a group's changes alone; null where they cannot be asked for. */
export function within(group: Grouping, { label }: LogGroup): Partial<LogQuery> | null {
  if (label === "" || group === "") return null;
  if (group === "kind") return { kinds: [label] };
  if (group === "key") return { filter: label };
  if (group === "node" || group === "thread") return { [group]: label };
  const number = /-?\d+/.exec(label);
  return number ? { [group]: Number(number[0]) } : null;
}
