// Keeps the lists of roll calls on this phone: the newest page of each and what it wears, so that it opens without the server.
// What is typed or tapped does not pass here; the page keeps it itself.
const KEPT = "kontor-evacuation";
const PATIENCE = 4000; // milliseconds until the kept page is shown instead

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isPage = (url) => /^\/visitors\/evacuation\/[0-9a-f-]{36}\/$/.test(url.pathname);

async function fromNetwork(request) {
  const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status >= 500) throw new Error(String(answer.status));
  if (answer.ok && !answer.redirected) await (await caches.open(KEPT)).put(request.url, answer.clone());
  return answer;
}

async function page(request) {
  try {
    return await fromNetwork(request);
  } catch (error) {
    const held = await caches.match(request.url);
    if (held) return held;
    throw error;
  }
}

async function file(request) {
  return (await caches.match(request.url)) ?? fromNetwork(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && isPage(url)) event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request));
});

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (keep) event.waitUntil(caches.open(KEPT).then((kept) => Promise.allSettled(keep.map((url) => kept.add(url)))));
  if (forget) event.waitUntil(caches.open(KEPT).then((kept) => kept.delete(forget)));
});
