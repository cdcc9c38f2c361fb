import type { Link } from "../link.js";
import { reason } from "../text.js";
import type { Frame } from "./frame.js";

/** Copies what the kernel answers to `code`, and says so on the button, if one is given; or why there is none. */
export function createCopyCode(link: Link, frame: Pick<Frame, "announce" | "copy">) {
  return async (params: { of: string; [name: string]: unknown }, from?: HTMLButtonElement): Promise<void> => {
    try {
      const { code } = (await link.request("code", params)) as { code: string };
      await frame.copy(code, "Code", from);
    } catch (error) {
      frame.announce(`No code: ${reason(error)}`);
    }
  };
}
