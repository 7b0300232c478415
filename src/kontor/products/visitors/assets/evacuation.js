// The list of a roll call on a phone: a tap is kept on the phone first and sent then, so that nothing is lost without a connection.
const root = document.querySelector(".k-evac");
const told = (id) => JSON.parse(document.getElementById(id).textContent);
const id = root.dataset.evacuation;
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const ASK = 3000; // milliseconds

let state = told("told");
let pending = [];
let online = true;
let sending = false;

// ---- what is kept on this phone -----------------------------------------------------------------------------------------------------
const kept = new Promise((resolve, reject) => {
  const opening = indexedDB.open("kontor-evacuation", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("taps", { keyPath: "key" });
    opening.result.createObjectStore("states");
  };
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});

async function store(name, mode, act) {
  const box = (await kept).transaction(name, mode).objectStore(name);
  return new Promise((resolve, reject) => {
    const asked = act(box);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const waiting = async () => (await store("taps", "readonly", (box) => box.getAll())).filter((tap) => tap.evacuation === id);

// ---- what is shown ------------------------------------------------------------------------------------------------------------------
function standing() {
  const seen = new Map(Object.entries(state.seen));
  for (const tap of [...pending].sort((a, b) => (a.seen_at < b.seen_at ? -1 : 1))) {
    if (tap.safe) seen.set(tap.visit, { at: new Date(tap.seen_at).toTimeString().slice(0, 8), by: "" });
    else seen.delete(tap.visit);
  }
  return seen;
}

function put(line, zone) {
  const list = root.querySelector(`[data-zone="${zone}"]`);
  if (line.parentElement === list) return;
  const after = [...list.children].find((other) => zone !== "seen" && other.dataset.name.localeCompare(line.dataset.name) > 0);
  const focused = line.contains(document.activeElement);
  list.insertBefore(line, zone === "seen" ? list.firstChild : (after ?? null));
  if (focused) line.querySelector("button").focus({ preventScroll: true });
}

function show() {
  const seen = standing();
  const counts = { missing: 0, unsure: 0, seen: 0 };
  for (const line of root.querySelectorAll("[data-visit]")) {
    const found = seen.get(line.dataset.visit);
    const zone = found ? "seen" : line.dataset.home;
    counts[zone] += 1;
    put(line, zone);
    line.classList.toggle("is-seen", Boolean(found));
    const button = line.querySelector("button");
    button.setAttribute("aria-pressed", String(Boolean(found)));
    button.value = `${line.dataset.visit}.${found ? 0 : 1}`;
    line.querySelector("[data-seen-by]").textContent = found ? [found.at, found.by].filter(Boolean).join(", ") : "";
  }
  for (const [name, count] of Object.entries(counts)) root.querySelector(`[data-count="${name}"]`).textContent = count;
  const share = Math.round((200 * counts.seen) / Math.max(Number(root.dataset.total), 1)) * 5;
  root.querySelector(".k-evac__sum i").className = `to-${share}`;
  root.querySelector("[data-as-of]").textContent = state.as_of;
  root.querySelector("[data-net]").hidden = online;
  root.querySelector("[data-waiting]").hidden = pending.length === 0;
  root.querySelector("[data-waiting-count]").textContent = pending.length;
}

function tick() {
  const clock = root.querySelector("[data-began]");
  if (!clock) return;
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(clock.dataset.began)) / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${String(Math.floor((seconds % 3600) / 60)).padStart(hours ? 2 : 1, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  clock.textContent = hours ? `${hours}:${rest}` : rest;
}

// ---- the server, as long as there is one -----------------------------------------------------------------------------------------------
async function ask(address, options = {}) {
  const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(8000), ...options });
  const signedOut = answer.type === "opaqueredirect" || [401, 403].includes(answer.status);
  root.querySelector("[data-refused]").hidden = !signedOut;
  if (signedOut || !answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function exchange() {
  if (sending) return;
  sending = true;
  try {
    pending = await waiting();
    const sent = pending;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const body = JSON.stringify({ taps: sent.map(({ visit, safe, seen_at, key }) => ({ visit, safe, seen_at, key })) });
    state = sent.length ? await ask(root.dataset.send, { method: "POST", headers, body }) : await ask(root.dataset.state);
    for (const tap of sent) await store("taps", "readwrite", (box) => box.delete(tap.key));
    await store("states", "readwrite", (box) => box.put(state, id));
    pending = await waiting();
    online = true;
    if (state.ended && root.querySelector("[data-began]")) location.reload();
  } catch {
    online = false;
  } finally {
    sending = false;
  }
  show();
}

async function tap(event) {
  event.preventDefault();
  const [visit, safe] = event.submitter.value.split(".");
  const made = { key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, evacuation: id, visit, safe: safe === "1", seen_at: new Date().toISOString() };
  await store("taps", "readwrite", (box) => box.put(made));
  pending = [...pending, made];
  show();
  exchange();
}

// ---- the list is the one that was signed ------------------------------------------------------------------------------------------------
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

async function prove() {
  const held = told("held");
  const place = root.querySelector("[data-signature]");
  if (!crypto.subtle) return; // an address without https: nothing can be said
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  for (const each of held.keys) {
    const key = await crypto.subtle.importKey("spki", bytes(each), kind, false, ["verify"]);
    const how = { name: "ECDSA", hash: "SHA-256" };
    if (await crypto.subtle.verify(how, key, bytes(held.signature), new TextEncoder().encode(held.said))) {
      place.textContent = place.dataset.good;
      return;
    }
  }
  place.textContent = place.dataset.bad;
}

async function keepOnPhone() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(root.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  const over = state.ended && pending.length === 0;
  if (over) await store("states", "readwrite", (box) => box.delete(id));
  active.postMessage(over ? { forget: location.href } : { keep: [location.href, ...new Set(files)] });
}

root.querySelector("[data-list]").addEventListener("submit", tap);
for (const change of ["online", "offline"]) window.addEventListener(change, exchange);
pending = await waiting();
const before = await store("states", "readonly", (box) => box.get(id));
if (before && before.at > state.at && !state.ended) state = before; // the kept page is older than what it heard since
show();
tick();
setInterval(tick, 1000);
await Promise.allSettled([prove(), exchange()]);
await keepOnPhone();
setInterval(exchange, ASK);
