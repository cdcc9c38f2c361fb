import { widget } from "../model.js";
import { createKeyTable } from "../views/key_table.js";
import type { KeyTableState } from "../wire.gen.js";

export default widget<KeyTableState>({}, createKeyTable);
