export { InMemoryStore } from "./store.js";
