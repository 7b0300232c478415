// Parts of a page that follow what happens. One stream of server-sent events for the whole page:
//   <div data-k-live="visitors.left visitors.checked_in" hx-get="…" hx-trigger="k-live">
// hears "k-live" when an event of these kinds was told: at once, and while its answer is under way once more after it, however
// much happens meanwhile. The stream is closed while nobody sees the page, since a browser opens few at a time; whoever comes back, and
// whoever lost the connection, is shown the newest state. Elements with data-k-live-poll ask by themselves and are told of here alone.
import htmx from "htmx.org";

const GATHER = 40; // milliseconds: what one transaction tells is one change
const AGAIN = 4000;

let source = null;
let heard = new Set(); // kinds that the open stream listens for
let later = 0;
let lost = false;
let named = ""; // the addresses of parts that the open stream was opened with
const sent = new Set(); // those that it sends
const busy = new WeakSet();
const dirty = new WeakSet();
const waiting = new WeakMap();

const parts = () => [...document.querySelectorAll("[data-k-live]")];
const kinds = (part) => part.dataset.kLive.split(/\s+/).filter(Boolean);

function say(works) {
  for (const state of document.querySelectorAll("[data-k-live-state]")) {
    if (state.classList.contains("is-off") === !works) continue; // said once, not at each attempt
    state.classList.toggle("is-off", !works);
    state.querySelector("[data-k-live-on]").hidden = !works;
    state.querySelector("[data-k-live-off]").hidden = works;
  }
}

const addressOf = (part) => ("kLiveShared" in part.dataset ? part.getAttribute("hx-get") : null);

function streamOf(wanted) {
  const shared = wanted.map(addressOf).filter(Boolean);
  return `/live/${shared.length ? "?" : ""}${shared.map((address) => `part=${encodeURIComponent(address)}`).join("&")}`;
}

function show(event) {
  const { part: address, html } = JSON.parse(event.data);
  sent.add(address);
  for (const part of parts().filter((each) => addressOf(each) === address)) {
    htmx.swap(part, html, { swapStyle: part.getAttribute("hx-swap"), swapDelay: 0, settleDelay: 0 }, { contextElement: part });
  }
}

function renew(part) {
  if (waiting.has(part)) return;
  if (busy.has(part)) {
    dirty.add(part);
    return;
  }
  waiting.set(part, setTimeout(() => {
    waiting.delete(part);
    if (part.isConnected) htmx.trigger(part, "k-live");
  }, GATHER));
}

function hear(event) {
  for (const part of parts()) if (kinds(part).includes(event.type) && !sent.has(addressOf(part))) renew(part);
}

function close() {
  clearTimeout(later);
  source?.close();
  source = null;
  heard = new Set();
  sent.clear();
}

function open(address) {
  source = new EventSource(address);
  named = address;
  source.addEventListener("k-part", show);
  source.addEventListener("open", () => {
    say(true);
    if (lost) parts().forEach(renew); // a stream of ours that was refused has forgotten its number
    lost = false;
  });
  source.addEventListener("error", () => {
    say(false);
    lost = true;
    sent.clear();
    if (source?.readyState !== EventSource.CLOSED) return; // the browser comes back by itself and names its last number
    close();
    later = setTimeout(follow, AGAIN);
  });
}

/** Hold a stream while the page shows something that follows it, and none otherwise. */
function follow() {
  const wanted = new Set(document.hidden ? [] : parts().flatMap(kinds));
  if (wanted.size === 0) {
    close();
    return;
  }
  const address = streamOf(parts());
  if (source && address !== named) close();
  if (!source) open(address);
  for (const kind of wanted) {
    if (heard.has(kind)) continue;
    heard.add(kind);
    source.addEventListener(kind, hear);
  }
}

function seenAgain() {
  if (!document.hidden) lost = true; // whatever happened unseen is asked for when the stream is open
  follow();
}

const isPart = (event) => event.target.matches?.("[data-k-live], [data-k-live-poll]");

export function enliven() {
  follow();
}

export function watch() {
  document.addEventListener("visibilitychange", seenAgain);
  document.addEventListener("htmx:configRequest", (event) => {
    const tag = event.target.dataset?.tag;
    if (isPart(event) && tag) event.detail.headers["If-None-Match"] = tag;
  });
  document.addEventListener("htmx:beforeRequest", (event) => isPart(event) && busy.add(event.target));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPart(event)) return;
    const part = event.target;
    busy.delete(part);
    if (part.matches("[data-k-live-poll]")) say(event.detail.xhr.status > 0 && event.detail.xhr.status < 500);
    if (dirty.delete(part)) renew(part);
  });
}
