import type * as Signals from "@preact/signals-core";
import { give } from "../given_signals.js";
import { createKeySheet } from "../views/keys/addsheet.js";
import { createBulk } from "../views/keys/bulk.js";
import { createFacets } from "../views/keys/facets.js";
import { createFeed } from "../views/keys/feed.js";
import { createHelp } from "../views/keys/help.js";
import { createNoMatch } from "../views/keys/nomatch.js";
import { createKeyPane } from "../views/keys/pane.js";
import { createSpace } from "../views/keys/space.js";

const panes = {
  createBulk,
  createFacets,
  createFeed,
  createHelp,
  createKeyPane,
  createKeySheet,
  createNoMatch,
  createSpace,
};

export type KeyPanes = typeof panes;

/** What of the key table is not needed at first. */
export default function keyPanes(signals: typeof Signals): KeyPanes {
  give(signals);
  return panes;
}
