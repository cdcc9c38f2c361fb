import { describe, expect, it } from "vitest";
import {
  age,
  bytes,
  compact,
  count,
  counted,
  duration,
  money,
  parseBytes,
  rate,
  ratio,
  step,
  took,
} from "../src/format.js";

const text = ({ digits, unit }: { digits: string; unit: string }) => (unit ? `${digits} ${unit}` : digits);

describe("bytes: three digits at most", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [4_210, "4.2 kB"],
    [12_300, "12.3 kB"],
    [99_949, "99.9 kB"],
    [99_950, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [412_000_000, "412 MB"],
    [5e15, "5.0 PB"],
    [5e19, "50000 PB"],
  ])("%d → %s", (n, expected) => expect(text(bytes(n))).toBe(expected));
});

describe("age", () => {
  const now = new Date(2025, 5, 15, 12).getTime() / 1000;
  it.each([
    [-5, "now"],
    [0.9, "now"],
    [3, "3 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3599, "59 min"],
    [4 * 3600, "4 h"],
    [3 * 86_400, "12 Jun"],
    [400 * 86_400, "May 2024"],
  ])("%d s ago → %s", (ago, expected) => expect(text(age(now - ago, now))).toBe(expected));
});

describe("ratio", () => {
  it("is unknown without lookups, not 0 %", () => expect(ratio(0, 0)).toBe("—"));
  it.each([
    [8_412, 11_780, "71.4"],
    [0, 5, "0.0"],
    [5, 5, "100"],
    [9_999_999, 10_000_000, "99.9"],
    [1, 10_000_000, "< 0.1"],
  ])("%d of %d → %s", (part, whole, expected) => expect(ratio(part, whole)).toBe(`${expected}\u2009%`));
});

it("counts with separators and a true minus", () => {
  expect(count(1_000_000)).toBe("1,000,000");
  expect(step(-1)).toBe("−1");
  expect(step(null)).toBe("—");
  expect([counted(1, "key"), counted(0, "key"), counted(2, "refresh", "refreshes")]).toEqual([
    "1 key",
    "0 keys",
    "2 refreshes",
  ]);
});

it.each([
  [0, "0"],
  [0.01, "0.1"],
  [3.14, "3.1"],
  [9.96, "10"],
  [1240, "1,240"],
])("rate %d → %s", (n, expected) => expect(rate(n)).toBe(expected));

it.each([
  [3, "3 s"],
  [2_520, "42 min"],
  [3_600, "1 h"],
  [4_320, "1 h 12 min"],
  [5 * 86_400, "5 days"],
])("duration %d → %s", (n, expected) => expect(duration(n)).toBe(expected));

describe("sizes as people write them", () => {
  it.each([
    ["", null],
    ["  ", null],
    ["0", 0],
    ["812", 812],
    ["10 kB", 10_000],
    ["10KB", 10_000],
    ["1.5 MB", 1_500_000],
    ["1,000", 1_000],
    ["4 KiB", 4_096],
    [".5k", 500],
    ["2g", 2_000_000_000],
    ["ten", undefined],
    ["-1", undefined],
    ["1 2", undefined],
    ["1 kilo", undefined],
  ])("%j → %s", (given, expected) => expect(parseBytes(given)).toBe(expected));
});

it.each([
  [0.000_04, "0.0 ms"],
  [0.0002, "0.2 ms"],
  [0.00996, "10 ms"],
  [0.9994, "999 ms"],
  [0.9996, "1.00 s"],
  [9.996, "10.0 s"],
  [99.9, "99.9 s"],
  [100, "1.7 min"],
  [596, "9.9 min"],
  [7_300, "122 min"],
])("a call took %d s: %s", (seconds, expected) => expect(text(took(seconds))).toBe(expected));

it.each([
  [812, "812"],
  [4_214, "4.21k"],
  [412_114, "412k"],
  [1_234_567, "1.23M"],
])("%d in short: %s", (n, expected) => expect(compact(n)).toBe(expected));

it.each([
  [12.4, "$", "$12.40"],
  [1_240.5, "€", "€1,241"],
  [0.0031, "$", "$0.0031"],
  [0.000_01, "$", "< $0.0001"],
  [0, "$", "$0.00"],
  [4.1, "NOK", "NOK\u00a04.10"],
])("%d of %s: %s", (amount, currency, expected) => expect(money(amount, currency)).toBe(expected));
