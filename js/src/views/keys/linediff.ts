export interface DiffLine {
  sign: "" | "-" | "+";
  text: string;
}

const REACH = 400; // lines looked through for the next one that is in both

/** From the lines of one text to those of another. */
export function lineDiff(from: string, to: string): DiffLine[] {
  const a = from.split("\n");
  const b = to.split("\n");
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [out, in_] = nearest(a, b, i, j);
    for (const end = i + out; i < end; i++) lines.push({ sign: "-", text: a[i]! });
    for (const end = j + in_; j < end; j++) lines.push({ sign: "+", text: b[j]! });
    if (i < a.length) {
      lines.push({ sign: "", text: a[i++]! });
      j++;
    }
  }
  return lines;
}

/** How many lines to pass over in each until the two are the same again, or both at their end. */
function nearest(a: string[], b: string[], i: number, j: number): [number, number] {
  for (let far = 0; far <= REACH; far++) {
    for (let out = far; out >= 0; out--) {
      const x = i + out;
      const y = j + far - out;
      if (x <= a.length && y <= b.length && a[x] === b[y]) return [out, far - out];
    }
  }
  return [a.length - i, b.length - j];
}

/** Long runs of lines that are the same, as their number. */
export function fold(lines: readonly DiffLine[]): (DiffLine | number)[] {
  const near = (i: number) => lines.slice(Math.max(0, i - 2), i + 3).some(({ sign }) => sign);
  const result: (DiffLine | number)[] = [];
  for (let i = 0; i < lines.length; i++) {
    let end = i;
    while (end < lines.length && !near(end)) end++;
    if (end - i > 3) {
      result.push(end - i);
      i = end - 1;
    } else result.push(lines[i]!);
  }
  return result;
}
