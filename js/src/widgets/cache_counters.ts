import { widget } from "../model.js";
import { createCacheCounters } from "../views/cache_counters.js";
import type { CacheState } from "../wire.gen.js";

export default widget<CacheState>({}, (link) => createCacheCounters(link));
