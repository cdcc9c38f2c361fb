import { describe, expect, it } from "vitest";
import { splitKey } from "../src/keys.js";
import { cut, visible } from "../src/text.js";

describe("what cannot be seen is escaped", () => {
  it.each([
    ["a\nb\tc", "a\\nb\\tc"],
    ["\0\x1b[31m", "\\0\\x1b[31m"],
    ["abc\u202egpj.exe", "abc\\u202egpj.exe"],
    ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
    ["half \ud83d", "half \\ud83d"],
    ["half \ude00 again", "half \\ude00 again"],
  ])("%j", (text, expected) => expect(visible(text)).toBe(expected));

  it("leaves letters of all scripts and emoji alone", () => {
    for (const text of ["محمد", "日本語", "👩‍👩‍👧‍👦", "❤️", "<b>&amp;</b>"]) expect(visible(text)).toBe(text);
  });
});

it("cuts long text without halving a character", () => {
  expect(cut("abcdef", 3)).toBe("abc…");
  expect(cut("ab😀", 3)).toBe("ab…");
  expect(cut("abc", 3)).toBe("abc");
  expect(visible("x".repeat(10_000_000), 5)).toBe("xxxxx…");
});

describe("keys", () => {
  it.each([
    ["prod:sess:9f31c2", ":", ["prod:sess:", "9f31c2"]],
    ["trailing:", ":", ["", "trailing:"]],
    ["a:b:", ":", ["a:", "b:"]],
    [":leading", ":", ["", ":leading"]],
    ["", ":", ["", ""]],
    ["plain", "", ["", "plain"]],
    ["a:b/c", ":/", ["a:b/", "c"]],
    ["a/b:c/", ":/", ["a/b:", "c/"]],
  ] as const)("%j by %j", (key, delimiter, expected) => expect(splitKey(key, delimiter)).toEqual(expected));
});
