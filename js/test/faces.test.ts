import { describe, expect, it } from "vitest";
import { newerThan } from "../src/views/keys/feed.js";
import { unfolded } from "../src/views/keys/namespaces.js";
import { part, withRest } from "../src/views/keys/parts.js";
import { pathOf, toggled } from "../src/views/keys/path.js";
import { said } from "../src/views/keys/space.js";
import type { NamespaceRow, RecentChange, Space } from "../src/wire.gen.js";

describe("a namespace as steps", () => {
  it.each([
    ["", ":", []],
    ["prod:", ":", [["prod", "prod:"]]],
    [
      "a/b:c:",
      ":/",
      [
        ["a", "a/"],
        ["b", "a/b:"],
        ["c", "a/b:c:"],
      ],
    ],
    [
      "a::b:",
      ":",
      [
        ["a", "a:"],
        ["", "a::"],
        ["b", "a::b:"],
      ],
    ],
    [
      ":a:b",
      ":",
      [
        ["", ":"],
        ["a", ":a:"],
        ["b", ":a:b"],
      ],
    ],
    ["a:b:", "", [["a:b:", "a:b:"]]],
  ] as const)("%j by %j", (namespace, delimiters, expected) => {
    const steps = pathOf(namespace, delimiters);
    expect(steps.map(({ name, prefix }) => [name, prefix])).toEqual(expected);
    expect(steps.map(({ name, delimiter }) => name + delimiter).join("")).toBe(namespace);
  });
});

it("toggles", () => {
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  expect(toggled(["b"], "a")).toEqual(["b", "a"]);
});

describe("parts of a whole", () => {
  it("have bars that are seen, and none where there is nothing", () => {
    expect(part(1, 4)).toBe("max(1px, 25.00%)");
    expect(part(1, 1e12)).toBe("max(1px, 0.00%)");
    expect(part(5, 4)).toBe("max(1px, 100.00%)"); // a part measured later than the whole
    for (const [n, whole] of [
      [0, 4],
      [null, 4],
      [1, 0],
      [1, null],
    ] as const)
      expect(part(n, whole)).toBe("0");
  });

  it("add up to it", () => {
    const share = (label: string, keys: number, bytes: number) => ({ label, prefix: null, keys, bytes });
    const shares = [share("a", 3, 30), share("b", 1, 50)];
    expect(withRest(shares, { keys: 4, bytes: 80 })).toEqual(shares);
    expect(withRest(shares, { keys: 10, bytes: 100 })[2]).toEqual(share("all others", 6, 20));
    expect(withRest(shares, { keys: 10, bytes: 70 })[2]!.bytes).toBe(0);
    expect(withRest([], { keys: 10, bytes: 70 })).toEqual([]);
  });
});

it("rows below a namespace the view has just closed are left out", () => {
  const row = (prefix: string, level: number, expanded: boolean | null): NamespaceRow => {
    return { prefix, name: prefix, level, keys: 1, bytes: 1, expanded, more: 0 };
  };
  const rows = [
    row("a:", 0, true),
    row("a:b:", 1, true),
    row("a:b:c:", 2, null),
    row("a:d:", 1, null),
    row("e:", 0, false),
  ];
  const shown = (open: string[]) => unfolded(rows, open).map(({ prefix }) => prefix);
  expect(shown(["a:", "a:b:"])).toEqual(rows.map(({ prefix }) => prefix));
  expect(shown(["a:"])).toEqual(["a:", "a:b:", "a:d:", "e:"]);
  expect(shown(["a:b:"])).toEqual(["a:", "e:"]);
  expect(shown(["a:", "a:b:", "e:"])).toEqual(rows.map(({ prefix }) => prefix)); // its rows are not here yet
});

describe("how the space was measured", () => {
  const space: Space = {
    progress: null,
    keys: 1_000_000,
    bytes: 412_000_000,
    key_bytes: 31_000_000,
    exact: 998_000,
    sampled: 2_000,
    shallow: 0,
    measured: 97,
    types: [],
    namespaces: [],
    largest: [],
    busiest: [],
  };
  it.each([
    [{}, ["~412 MB", "31.0 MB", "1,000,000", "998,000 exact, 2,000 sampled · 3 s ago"]],
    [{ sampled: 0 }, ["412 MB", "31.0 MB", "1,000,000", "998,000 exact · 3 s ago"]],
    [{ sampled: 0, measured: 100 }, ["412 MB", "31.0 MB", "1,000,000", "998,000 exact · now"]],
    [{ exact: 0, shallow: 3, sampled: 0 }, ["~412 MB", "31.0 MB", "1,000,000", "3 shallow · 3 s ago"]],
    [
      { sampled: 0, progress: 0.429 },
      ["412 MB", "31.0 MB", "1,000,000", "998,000 exact · 3 s ago · measuring again, 42\u2009%"],
    ],
    [
      { bytes: 0, key_bytes: 0, progress: 0, measured: null, exact: 0, sampled: 0 },
      ["—", "—", "1,000,000", "measuring, 0\u2009%"],
    ],
  ])("%j", (parts, expected) => expect(said({ ...space, ...parts }, 100)).toEqual(expected));
});

it("counts the changes newer than those shown", () => {
  const change = (number: number) => ({ number }) as RecentChange;
  expect(newerThan([change(9), change(8)], [change(5)])).toBe(4);
  expect(newerThan([change(9)], [change(9)])).toBe(0);
  expect(newerThan([], [change(9)])).toBe(0); // the store was closed and watched anew
  expect(newerThan([], [])).toBe(0);
});
