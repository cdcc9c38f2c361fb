export interface DiffLine {
  sign: "" | "-" | "+";
  text: string;
}

const CELLS = 4_000_000; // of the table of common subsequences

/** From the lines of one text to those of another, by their longest common subsequence. */
export function lineDiff(from: string, to: string): DiffLine[] {
  const a = from.split("\n");
  const b = to.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const same = (lines: string[]) => lines.map((text): DiffLine => ({ sign: "", text }));
  return [
    ...same(a.slice(0, start)),
    ...differing(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

function differing(a: string[], b: string[]): DiffLine[] {
  const width = b.length + 1;
  // Where that would take long, all of one is shown and then all of the other.
  const table = a.length * b.length > CELLS ? null : new Uint32Array((a.length + 1) * width);
  if (table) {
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) {
        const at = i * width + j;
        table[at] = a[i] === b[j] ? table[at + width + 1]! + 1 : Math.max(table[at + width]!, table[at + 1]!);
      }
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (table && i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: "", text: a[i++]! });
      j++;
    } else if (
      i < a.length &&
      (!table || j === b.length || table[(i + 1) * width + j]! >= table[i * width + j + 1]!)
    ) {
      lines.push({ sign: "-", text: a[i++]! });
    } else lines.push({ sign: "+", text: b[j++]! });
  }
  return lines;
}

/** Long runs of lines that are the same, as their number. */
export function fold(lines: readonly DiffLine[], around = 2): (DiffLine | number)[] {
  const shown = new Set<number>();
  for (const [i, { sign }] of lines.entries()) {
    if (sign) for (let j = i - around; j <= i + around; j++) shown.add(j);
  }
  const result: (DiffLine | number)[] = [];
  for (let i = 0; i < lines.length; i++) {
    let end = i;
    while (end < lines.length && !shown.has(end)) end++;
    if (end - i > 1) {
      result.push(end - i);
      i = end - 1;
    } else result.push(lines[i]!);
  }
  return result;
}
