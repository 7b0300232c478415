// What every page loads: htmx for what asks the server, Alpine (the build without eval) for small state, and our few behaviours.
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import "idiomorph/htmx";
import * as fields from "./fields.js";
import * as frame from "./frame.js";
import * as lists from "./lists.js";
import * as live from "./live.js";
import * as overlays from "./overlays.js";
import * as search from "./search.js";
import * as terminal from "./terminal.js";

// htmx reads its settings from <meta name="htmx-config"> in the shell: no eval, no inline styles, no pages kept in the browser's
// storage. A page's own module finds its elements with window.htmx.onLoad, so that it also works on a page that htmx turned to.
window.htmx = htmx;
window.Alpine = Alpine;

frame.watch();
overlays.watch();
lists.watch();
search.watch();
fields.watch();
terminal.watch();
live.watch();

/** Bring the parts below `element` to life; runs for the page and for everything htmx brings later. */
function enliven(element) {
  frame.enliven(element);
  overlays.enliven(element);
  fields.enliven(element);
  live.enliven();
  if (element.querySelector("[data-k-chart]") ?? element.matches?.("[data-k-chart]")) import("./charts.js").then((charts) => charts.drawIn(element));
}

htmx.onLoad(enliven);
// Scripts of single pages register their Alpine components before the page is walked.
document.addEventListener("DOMContentLoaded", () => Alpine.start());
