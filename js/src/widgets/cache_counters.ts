import { widget } from "../model.js";
import { createCacheCounters } from "../views/cache_counters.js";
import type { CacheState } from "../wire.gen.js";

export default widget<CacheState>(
  { lookups: "all", why: true, whatif: true, entries: false },
  createCacheCounters,
);
