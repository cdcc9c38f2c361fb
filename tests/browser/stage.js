// What a notebook does for an anywidget, as little as will do: a model, an element, a style sheet.
class Model {
  constructor(id, traits) {
    this.id = id;
    this.traits = traits;
    this.dirty = {};
    this.listeners = new Map();
    this.deaf = false; // messages to the kernel are lost
    this.answered = null; // once the last message is
  }
  get(name) {
    return this.traits[name];
  }
  set(name, value) {
    this.traits[name] = value;
    this.dirty[name] = value;
    this.fire(`change:${name}`);
  }
  save_changes() {
    this.send({ kind: "traits", traits: this.dirty });
    this.dirty = {};
  }
  async send(content) {
    if (this.deaf) return;
    this.answered = this.tell(content);
    return this.answered;
  }
  /** Until nothing that was said waits for its answer. */
  async quiet() {
    for (let last = null; last !== this.answered; ) await (last = this.answered);
  }
  async tell(content) {
    for (const message of await window.toKernel(this.id, content)) window.stage.deliver(this.id, message);
  }
  update(name, value) {
    this.traits[name] = value;
    this.fire(`change:${name}`);
  }
  on(event, callback) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), callback]);
  }
  off(event, callback) {
    this.listeners.set(
      event,
      (this.listeners.get(event) ?? []).filter((other) => other !== callback),
    );
  }
  fire(event, ...args) {
    for (const callback of this.listeners.get(event) ?? []) callback(...args);
  }
}

const models = new Map();
const ends = new Map();

window.stage = {
  models,
  deliver(id, message) {
    if (message.kind === "trait") models.get(id).update(message.name, message.value);
    else models.get(id).fire("msg:custom", message, []);
  },
  theme(name, variables) {
    document.body.dataset.jpThemeLight = String(name !== "dark");
    document.body.style.cssText = "margin: 0; padding: 8px; background: var(--jp-layout-color1)";
    for (const [key, value] of Object.entries(variables)) document.body.style.setProperty(key, value);
  },
  async show(id, bundle, css, traits, { width, shadow }) {
    const model = new Model(id, traits);
    models.set(id, model);
    const host = document.createElement("div");
    host.id = id;
    if (width) host.style.width = `${width}px`;
    document.getElementById("stage").append(host);
    const root = shadow ? host.attachShadow({ mode: "open" }) : host;
    const style = document.createElement("style");
    style.textContent = css;
    root.append(style);
    const el = document.createElement("div");
    root.append(el);
    const controller = new AbortController();
    const module = await import(`./static/${bundle}.js`);
    const cleanup = await module.default.render({ model, el, signal: controller.signal });
    ends.set(id, { abort: () => controller.abort(), cleanup });
    await model.quiet(); // the view is open
    await new Promise((done) => new ResizeObserver(done).observe(el)); // and knows its size
    await model.quiet();
  },
  end(id) {
    ends.get(id).abort();
  },
};
