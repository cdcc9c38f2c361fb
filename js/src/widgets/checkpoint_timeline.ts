import { widget } from "../model.js";
import { createTimeline } from "../views/timeline.js";
import type { TimelineState } from "../wire.gen.js";

export default widget<TimelineState>({}, (link, host) => createTimeline(link, host.trait("selection")));
