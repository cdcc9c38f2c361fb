/** Why the text is not JSON, and in which line where the browser tells; "" where it is. */
export function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const { message } = error as Error;
    const [, line] = /line (\d+)/.exec(message) ?? [];
    const [what] = message.replace(/^JSON.parse: /, "").split(/ (?:in JSON )?at |, "|, \.\.\./);
    return line ? `line ${line}: ${what}` : what!;
  }
}
