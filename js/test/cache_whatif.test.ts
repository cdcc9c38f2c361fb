import { describe, expect, it } from "vitest";
import {
  crosses,
  linePath,
  logScale,
  nearest,
  overlap,
  placeFlags,
  sizeTicks,
  valueTicks,
} from "../src/views/cache/whatifmath.js";
import { checkText, figure, logText, tickText } from "../src/views/cache/whatiftext.js";
import type { WhatIf } from "../src/wire.gen.js";

const geometric = (last: number) => [
  ...new Set(Array.from({ length: 20 }, (_, i) => Math.round(last ** (i / 19)))),
];

describe("the scale of sizes", () => {
  it("is logarithmic and fills the width", () => {
    const x = logScale([1, 10, 100], 30, 390);
    expect([x(1), x(10), x(100)]).toEqual([30, 210, 390]);
  });

  it("puts the only size at the right", () => {
    expect(logScale([7], 30, 390)(7)).toBe(390);
  });

  it.each([2, 3, 9, 40, 128, 1_406, 25_000, 100_000, 3_000_000])(
    "of 1 to %d has round ticks with room for labels",
    (last) => {
      const sizes = geometric(last);
      for (const width of [220, 350, 700]) {
        const x = logScale(sizes, 0, width);
        const ticks = sizeTicks(sizes, width, 46);
        const labelled = [...ticks].flatMap(([size, label]) => (label ? [size] : [])).sort((a, b) => a - b);
        expect(labelled.length).toBeGreaterThanOrEqual(2);
        for (const [i, size] of labelled.entries()) {
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(last);
          if (i) expect(x(size) - x(labelled[i - 1]!)).toBeGreaterThanOrEqual(46);
        }
      }
    },
  );

  it("labels powers of ten first, then what fits between", () => {
    const labels = (last: number, width: number) =>
      [...sizeTicks(geometric(last), width, 46)].flatMap(([size, label]) => (label ? [size] : []));
    expect(labels(552, 330)).toEqual([1, 10, 100, 500]);
    expect(labels(552, 700)).toEqual([1, 10, 100, 5, 50, 500, 2, 20, 200]);
    expect(labels(1_406, 350)).toEqual([1, 10, 100, 1_000]);
  });

  it("labels the ends where no round numbers lie between", () => {
    expect([...sizeTicks([130, 140, 180], 300, 46).keys()]).toEqual([130, 180]);
  });

  it("finds the nearest size by ratio, not by difference", () => {
    expect(nearest([1, 10, 100], 40)).toBe(2);
    expect(nearest([1, 10, 100], 30)).toBe(1);
    expect(nearest([1, 10, 100], 1_000_000)).toBe(2);
  });
});

describe("the scale of values", () => {
  it.each([
    [0.83, "ratio", ["0 %", "40 %", "80 %"]],
    [1, "ratio", ["0 %", "50 %", "100 %"]],
    [0.6, "ratio", ["0 %", "20 %", "40 %", "60 %"]],
    [0.004, "ratio", ["0 %", "0.2 %", "0.4 %"]],
    [4_341, "seconds", ["0 s", "30 min", "1 h"]],
    [700_000, "seconds", ["0 s", "4 days", "8 days"]],
    [45, "seconds", ["0 s", "20 s", "40 s"]],
    [0.5, "seconds", ["0 s", "200 ms", "400 ms"]],
    [412_000, "tokens", ["0", "200k", "400k"]],
    [0, "tokens", ["0"]],
    [Number.NaN, "ratio", ["0 %"]],
  ] as const)("up to %d as %s has two or three round steps", (most, unit, texts) => {
    expect(valueTicks(most, unit).map((tick) => tickText(tick, unit).replaceAll("\u2009", " "))).toEqual(
      texts,
    );
  });
});

describe("a curve", () => {
  it("goes through its points and turns nowhere between them", () => {
    const points = [
      { x: 0, y: 100 },
      { x: 10, y: 100 },
      { x: 20, y: 20 },
      { x: 30, y: 40 }, // Belady's anomaly
    ];
    const path = linePath(points);
    expect(path).toMatch(/^M0 100C.* 10 100C.* 20 20C.* 30 40$/);
    const ys = [...path.matchAll(/[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(Math.min(...ys)).toBe(20);
    expect(Math.max(...ys)).toBe(100);
  });

  it("of nothing, or of one point, is no line", () => {
    expect(linePath([])).toBe("");
    expect(linePath([{ x: 3, y: 4 }])).toBe("M3 4");
  });

  it("crosses a box or passes it by", () => {
    const line = [
      { x: 0, y: 100 },
      { x: 100, y: 0 },
    ];
    expect(crosses(line, { left: 40, right: 60, top: 45, bottom: 55 })).toBe(true);
    expect(crosses(line, { left: 40, right: 60, top: 80, bottom: 95 })).toBe(false);
    expect(crosses(line, { left: 110, right: 120, top: 0, bottom: 100 })).toBe(false);
  });
});

describe("labels", () => {
  const area = { left: 36, right: 396, top: 8, bottom: 117 };
  const rising = [
    Array.from({ length: 37 }, (_, i) => ({ x: 36 + 10 * i, y: 110 - 100 / (1 + Math.exp(-(i - 18) / 4)) })),
  ];
  const places = Array.from({ length: 37 }, (_, i) => 36 + 10 * i);

  it("never lie over each other, wherever the two lines are, and stay within the picture", () => {
    for (const now of places) {
      for (const hint of places) {
        const [a, b] = placeFlags(
          [
            { x: hint, width: 110, height: 28 },
            { x: now, width: 52, height: 14 },
          ],
          area,
          rising,
        );
        expect(overlap(a!, b!), `${now} ${hint}`).toBe(false);
        for (const box of [a!, b!]) {
          expect(box.left).toBeGreaterThanOrEqual(area.left);
          expect(box.right).toBeLessThanOrEqual(area.right);
          expect(box.top).toBeGreaterThanOrEqual(area.top);
        }
      }
    }
  });

  it("stand low and away from each other where there is room", () => {
    const [hint, now] = placeFlags(
      [
        { x: 260, width: 110, height: 28 },
        { x: 230, width: 52, height: 14 },
      ],
      area,
      rising,
    );
    expect([hint!.side, hint!.bottom, now!.side, now!.bottom]).toEqual(["right", 117, "left", 117]);
  });

  it("keep clear of the curves", () => {
    for (const x of places) {
      const [box] = placeFlags([{ x, width: 60, height: 14 }], area, rising);
      expect(crosses(rising[0]!, box!), String(x)).toBe(false);
    }
  });
});

describe("words", () => {
  const check = { simulated: 8_412, measured: 8_412, problem: "" };

  it("say that the simulation repeats what was measured, or why not", () => {
    expect(checkText(check)).toBe("simulated 8,412 hits = measured");
    expect(checkText({ ...check, simulated: 8_400 })).toBe(
      "simulated 8,400 hits, measured 8,412: the curves cannot be relied on",
    );
    expect(checkText({ ...check, simulated: 8_400, problem: "the start is not known" })).toBe(
      "simulated 8,400 hits, measured 8,412: the start is not known",
    );
    expect(checkText({ ...check, problem: "the start is not known" })).toBe(
      "simulated 8,412 hits = measured: the start is not known",
    );
  });

  it("say what the log lacks", () => {
    const log = { lookups: 100_000, keys: 2_164, lost: 0 } as WhatIf;
    expect(logText(log)).toBe("100,000 lookups of 2,164 keys");
    expect(logText({ ...log, lost: 11_780 })).toBe(
      "last 100,000 lookups of 2,164 keys; 11,780 lookups before are not in it",
    );
  });

  it("give figures their unit", () => {
    expect([
      figure(0.714, "ratio"),
      figure(4_341, "seconds"),
      figure(2.5, "seconds"),
      figure(412_000, "tokens"),
    ]).toEqual(["71.4\u2009%", "1 h 12 min", "2.50 s", "412k"]);
  });
});
