// What is measured inside the page, as `bench`. Times are milliseconds.
(() => {
  const PATIENCE = 60_000;
  const text = new TextDecoder();
  const frames = []; // of the kernels' websockets: {time, bytes, bundle, type}
  let gaps = null; // between animation frames, while they are being recorded

  /** A message of the protocol v1.kernel.websocket.jupyter.org; the widget's code in it is told apart. */
  function weigh(data) {
    if (typeof data === "string") return { bytes: data.length, bundle: 0, type: "" };
    const view = new DataView(data);
    const at = Array.from({ length: Number(view.getBigUint64(0, true)) }, (_, index) =>
      Number(view.getBigUint64(8 * (index + 1), true)),
    );
    const part = (index) => JSON.parse(text.decode(data.slice(at[index], at[index + 1])));
    const type = part(1).msg_type;
    const state = type === "comm_open" ? part(4).data?.state : undefined;
    const code = [state?._esm, state?._css].filter(Boolean);
    const bundle = code.reduce((sum, source) => sum + JSON.stringify(source).length, 0);
    return { bytes: data.byteLength, bundle, type };
  }

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      if (!String(args[0]).includes("/channels")) return;
      this.addEventListener("message", ({ data }) => frames.push({ time: performance.now(), ...weigh(data) }));
    }
  };

  const frame = () => new Promise(requestAnimationFrame);
  const painted = () =>
    new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(null);
    });
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  /** When the first frame in which the condition holds has been painted. */
  async function until(condition, what) {
    const start = performance.now();
    for (;;) {
      await frame();
      if (condition()) break;
      if (performance.now() - start > PATIENCE) throw new Error(`waited in vain for ${what}`);
    }
    await painted();
    return performance.now();
  }

  const grid = () => document.querySelector(".imw [role=grid][aria-label=Keys]");
  const body = () => grid().querySelector(".rows");
  const size = () => Number(grid()?.getAttribute("aria-rowcount") ?? 1) - 1;
  const indexOf = (row) => Number(row.getAttribute("aria-rowindex")) - 2;

  function visibleRows() {
    const box = grid() && body();
    if (!box) return [];
    const { top, bottom } = box.getBoundingClientRect();
    const rows = [...box.querySelectorAll("[role=row]")].filter((row) => {
      const place = row.getBoundingClientRect();
      return place.bottom > top + 1 && place.top < bottom - 1;
    });
    return rows.sort((a, b) => indexOf(a) - indexOf(b));
  }

  /** Whether rows fill the view, and each fulfils the condition. */
  function shown(condition) {
    const rows = visibleRows();
    return rows.length >= Math.min(8, size()) && rows.length > 0 && rows.every(condition);
  }

  /** In the store's own order the keys end in their number. */
  const inOrder = (row) => row.textContent.includes(String(indexOf(row)).padStart(7, "0"));

  function run(index) {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    notebook.activeCell.model.executionCount = null;
    void jupyterapp.commands.execute("notebook:run-cell");
  }

  window.bench = {
    visible: () => visibleRows().map((row) => row.textContent),

    /** Runs the cell that shows the table. */
    async display(index) {
      const old = grid();
      const start = performance.now();
      run(index);
      const end = await until(() => grid() !== old && size() > 0 && shown(inOrder), "the first rows");
      await pause(1_000);
      const got = frames.filter(({ time }) => time >= start);
      const sum = (field, among = got) => among.reduce((total, each) => total + each[field], 0);
      const before = got.filter(({ time }) => time <= end);
      return {
        time: end - start,
        bytes: sum("bytes") - sum("bundle"),
        first: sum("bytes", before) - sum("bundle", before),
        bundle: sum("bundle"),
      };
    },

    /** From a place to another, until all rows in view are those that belong there. */
    async jump(fraction) {
      const box = body();
      const rows = size();
      const start = performance.now();
      box.scrollTop = fraction * (box.scrollHeight - box.clientHeight);
      const there = () => Math.abs(indexOf(visibleRows()[0]) - fraction * rows) < 20 + rows / 1_000;
      const end = await until(() => shown(inOrder) && there(), `row ${Math.round(fraction * rows)}`);
      await pause(300); // what is fetched ahead is there, too
      return end - start;
    },

    /** Presses a key in the grid; until the row with this index is in view and the row has its text. */
    async press(key, index) {
      const start = performance.now();
      const row = visibleRows()[0];
      row.focus();
      row.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      const there = () => visibleRows().some((each) => indexOf(each) === index);
      return (await until(() => shown(inOrder) && there(), `row ${index}`)) - start;
    },

    /** Scrolls on in each frame; the times between frames. */
    async scroll(step, seconds) {
      const box = body();
      bench.record();
      const end = performance.now() + seconds * 1_000;
      while (performance.now() < end) {
        box.scrollTop += step;
        await frame();
      }
      return bench.recorded();
    },

    record() {
      const mine = [];
      gaps = mine;
      let last = performance.now();
      const next = (now) => {
        if (gaps !== mine) return;
        mine.push(now - last);
        last = now;
        requestAnimationFrame(next);
      };
      requestAnimationFrame((now) => {
        last = now;
        requestAnimationFrame(next);
      });
    },
    recorded() {
      const found = gaps;
      gaps = null;
      return found;
    },

    /** Types a filter at once; `count` keys are to be found, `part` is in each of them. */
    async filter(part, count) {
      const field = document.querySelector(".imw input[aria-label^='Filter']");
      field.focus();
      const start = performance.now();
      field.value = part;
      field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: part }));
      const found = (row) => row.textContent.includes(part);
      const first = await until(() => shown(found), `keys with ${part}`);
      const complete = size() === count ? first : await until(() => size() === count, `${count} keys`);
      return { first: first - start, complete: complete - start };
    },

    /** Clicks a head until the list begins with one of these keys; they are those of either direction. */
    async sort(name, firsts) {
      const heads = [...grid().querySelectorAll("[role=columnheader]")];
      const head = heads.find((each) => each.textContent.trim().startsWith(name));
      const start = performance.now();
      (head.querySelector("button") ?? head).click();
      const sorted = () => {
        const [row] = visibleRows();
        return indexOf(row) === 0 && firsts.some((key) => row.textContent.includes(key));
      };
      return (await until(() => shown((row) => !row.classList.contains("blank")) && sorted(), name)) - start;
    },

    /** The cache counters' figures, by what they are called. */
    figures: () =>
      Object.fromEntries(
        [...document.querySelectorAll(".imw dl.hero > div")].map((each) =>
          ["dt", "dd"].map((part) => each.querySelector(part).textContent.trim()),
        ),
      ),

    /** Goes on the timeline's slider by a key; until the pane shows the state of that step, in which
     * channel n is its number. */
    async scrub(key) {
      const slider = document.querySelector(".imw [role=slider]");
      const at = Number(slider.getAttribute("aria-valuenow")) + (key === "ArrowLeft" ? -1 : 1);
      const value = () =>
        [...document.querySelectorAll(".imw .channel")]
          .find((each) => each.querySelector(".name").textContent === "n")
          ?.querySelector(".chabout bdi").textContent;
      slider.focus();
      const start = performance.now();
      slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      return (await until(() => value() === String(at - 1), `the state of step ${at}`)) - start;
    },

    now: () => performance.now(),
    /** Messages and bytes of widgets, from the kernel: in all, and in the fullest second. */
    traffic(from, to) {
      const got = frames.filter(({ time, type }) => time >= from && time <= to && type.startsWith("comm_"));
      const most = { messages: 0, bytes: 0 };
      let first = 0;
      let bytes = 0;
      got.forEach((each, last) => {
        bytes += each.bytes;
        while (got[first].time <= each.time - 1_000) bytes -= got[first++].bytes;
        most.messages = Math.max(most.messages, last - first + 1);
        most.bytes = Math.max(most.bytes, bytes);
      });
      return { messages: got.length, bytes: got.reduce((sum, each) => sum + each.bytes, 0), most };
    },
  };
})();
