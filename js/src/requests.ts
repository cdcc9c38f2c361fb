import type { Reply, Request } from "./wire.gen.js";

/** Milliseconds to wait before a request is repeated, and how often it is sent in all. */
export const ANSWER_WITHIN = 4_000;
export const TRIES = 3;

interface Pending {
  timer: ReturnType<typeof setTimeout>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Requests in flight: integer ids, repeated until answered or given up. */
export function createRequests(view: string, post: (message: Request) => void) {
  const pending = new Map<number, Pending>();
  let nextId = 1;

  function attempt(message: Request, tries: number, entry: Omit<Pending, "timer">): void {
    const timer = setTimeout(() => {
      if (tries > 1) attempt(message, tries - 1, entry);
      else {
        pending.delete(message.id);
        entry.reject(new Error("no answer from the kernel"));
      }
    }, ANSWER_WITHIN);
    pending.set(message.id, { ...entry, timer });
    post(message);
  }

  return {
    send(method: Request["method"], params: Record<string, unknown>, tries = TRIES): Promise<unknown> {
      return new Promise((resolve, reject) => {
        attempt({ kind: "request", view, id: nextId++, method, params }, tries, { resolve, reject });
      });
    },
    /** Answers the request the reply is for; a reply that comes twice is for nobody. */
    settle({ id, result, error }: Reply): void {
      const entry = pending.get(id);
      if (!entry) return;
      pending.delete(id);
      clearTimeout(entry.timer);
      if (error === undefined) entry.resolve(result);
      else entry.reject(new Error(error));
    },
    close(): void {
      for (const entry of pending.values()) {
        clearTimeout(entry.timer);
        entry.reject(new Error("the view was closed"));
      }
      pending.clear();
    },
  };
}
