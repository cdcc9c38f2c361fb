import { widget } from "../model.js";
import { createReport } from "../views/report/report.js";
import type { ReportState } from "../wire.gen.js";

export default widget<ReportState>({}, (link, host) => createReport(link, host.trait("opened")));
