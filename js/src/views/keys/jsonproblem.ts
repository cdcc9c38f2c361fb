/** Why the text is not JSON, and in which line where the browser tells; "" where it is. */
export function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const message = (error as Error).message.replace(/^JSON(\.parse| Parse error): /, "");
    const position = /position (\d+)/.exec(message);
    const line = position
      ? text.slice(0, Number(position[1])).split("\n").length
      : /line (\d+)/.exec(message)?.[1];
    const reason = message
      .replace(/( in JSON)? at (position|line) .*/s, "")
      .replace(/, .{0,80} is not valid JSON/s, "");
    return line === undefined ? reason : `line ${line}: ${reason}`;
  }
}
