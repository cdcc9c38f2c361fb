type Numbers = readonly (number | null)[];

/** What the axis reaches: all the numbers, and a little around where they are all the same. */
export function bounds(...numbers: Numbers[]): [least: number, most: number] {
  const all = numbers.flat().filter((n) => n !== null);
  if (all.length === 0) return [0, 1];
  const least = Math.min(...all);
  const most = Math.max(...all);
  const room = least === most ? Math.abs(least) / 2 || 1 : 0;
  return [least - room, most + room];
}

/**
 * A column from low to high for each slice, `pitch` from one to the next. Joined columns reach the one
 * before, so that a steep line has no holes; numbers that are not there leave a gap.
 */
export function columnsPath(
  low: Numbers,
  high: Numbers,
  left: number,
  pitch: number,
  y: (n: number) => number,
  joined: boolean,
): string {
  const round = (n: number) => Math.round(n * 10) / 10;
  const width = round(joined || pitch < 4 ? pitch : pitch - 1);
  let path = "";
  for (let i = 0; i < high.length; i++) {
    const from = joined ? i - 1 : i;
    const top = high[i];
    const bottom = low[i];
    if (top == null || bottom == null || (!joined && top === bottom)) continue;
    const upper = round(y(Math.max(top, low[from] ?? top)));
    const lower = round(Math.max(y(Math.min(bottom, high[from] ?? bottom)), upper + 1)); // it can be seen
    path += `M${round(left + i * pitch)} ${upper}h${width}V${lower}h${-width}z`;
  }
  return path;
}

/** Three significant digits, with a true minus sign. */
export function figure(n: number): string {
  const rounded = Math.abs(n) < 1000 ? Number(n.toPrecision(3)) : Math.round(n);
  return String(rounded).replace("-", "\u2212");
}
