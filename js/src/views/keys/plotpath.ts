type Numbers = readonly (number | null)[];

/** What the axis must reach: all numbers, and 0 for bars. Never empty. */
export function bounds(low: Numbers, high: Numbers): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const n of low) if (n !== null && n < least) least = n;
  for (const n of high) if (n !== null && n > most) most = n;
  if (least > most) return [0, 1];
  if (least < most) return [least, most];
  const room = Math.abs(least) / 2 || 1;
  return [least - room, most + room];
}

/** The area between low and high, and the line in its middle; numbers that are not there leave a gap. */
export function bandPath(low: Numbers, high: Numbers, x: (i: number) => number, y: (n: number) => number) {
  let band = "";
  let line = "";
  for (let from = 0; from < low.length; from++) {
    let to = from;
    while (to < low.length && low[to] !== null && high[to] !== null) to++;
    if (to === from) continue;
    const there: string[] = [];
    const back: string[] = [];
    const middle: string[] = [];
    for (let i = from; i < to; i++) {
      there.push(`${round(x(i))} ${round(y(high[i]!))}`);
      back.unshift(`${round(x(i))} ${round(y(low[i]!))}`);
      middle.push(`${round(x(i))} ${round(y((low[i]! + high[i]!) / 2))}`);
    }
    // One number alone is a short dash.
    if (middle.length === 1) middle.push(`${round(x(from) + 1)} ${round(y((low[from]! + high[from]!) / 2))}`);
    band += `M${there.join("L")}L${back.join("L")}z`;
    line += `M${middle.join("L")}`;
    from = to;
  }
  return { band, line };
}

/** Bars from 0 to high, `pitch` from one to the next. */
export function barsPath(high: Numbers, left: number, pitch: number, y: (n: number) => number): string {
  const gap = pitch > 4 ? 1 : 0;
  let path = "";
  for (const [i, n] of high.entries()) {
    if (n === null || n === 0) continue;
    const top = Math.min(y(n), y(0) - 1); // what is there can be seen
    path += `M${round(left + i * pitch)} ${round(y(0))}V${round(top)}h${round(pitch - gap)}V${round(y(0))}z`;
  }
  return path;
}

/** Three significant digits, or an exponent where it would be long. */
export function figure(n: number): string {
  const size = Math.abs(n);
  const text =
    size !== 0 && (size >= 1e6 || size < 1e-3)
      ? n.toExponential(1)
      : String(size >= 1000 ? Math.round(n) : Number(n.toPrecision(3)));
  return text.replace("-", "\u2212");
}

const round = (n: number) => Math.round(n * 10) / 10;
