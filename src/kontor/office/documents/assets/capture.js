// A document before the camera: the picture lives in this page's memory alone, goes to the server, and is gone when the page is left.
// No file field, which would offer the gallery; nothing is written to the browser's storage (SM-006).
const WIDE = { video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } } };
const QUALITY = 0.85;

function prepare(form) {
  const [live, taken, said] = ["live", "taken", "say"].map((name) => form.querySelector(`[data-k-${name}]`));
  const [take, again] = ["take", "again"].map((name) => form.querySelector(`[data-k-${name}]`));
  const save = form.querySelector("button[type=submit]");
  let stream = null, has = false, left = false;

  /** The page's state in words, and for whoever looks at the form: "", "saving", "offline", "lost", "shut". */
  function say(state, words = "") {
    form.dataset.kState = state;
    said.textContent = words;
    said.classList.toggle("k-bad", state !== "" && state !== "saving");
  }

  function show(picture) {
    has = picture;
    taken.hidden = again.hidden = !picture;
    live.hidden = take.hidden = picture;
  }

  async function open() {
    try {
      stream = await navigator.mediaDevices.getUserMedia(WIDE);
      if (left) return stop();
      live.srcObject = stream;
      await live.play();
    } catch {
      if (!left) say("shut", form.dataset.kShut);
    }
  }

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    live.srcObject = stream = null;
  }

  function wipe() {
    taken.width = taken.height = 0;
    show(false);
  }

  function leave() {
    left = true;
    stop();
    wipe();
    form.reset();
  }

  function shoot() {
    if (!live.videoWidth) return;
    taken.width = live.videoWidth;
    taken.height = live.videoHeight;
    taken.getContext("2d").drawImage(live, 0, 0);
    show(true);
    say("");
  }

  async function send() {
    if (!navigator.onLine) return say("offline", form.dataset.kOfflineWords);
    const told = new FormData(form);
    told.set("picture", await new Promise((done) => taken.toBlob(done, "image/jpeg", QUALITY)), "proof.jpg");
    say("saving", form.dataset.kSaving);
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: told, headers: { Accept: "application/json" }, redirect: "manual" });
    } catch {
      return say("offline", form.dataset.kOfflineWords);
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) { leave(); return location.reload(); }
    const back = await answer.json().catch(() => ({}));
    if (answer.status === 201) { leave(); return location.assign(back.url); }
    say("lost", Object.values(back.problems ?? {}).join(" ") || form.dataset.kLost);
  }

  take.addEventListener("click", shoot);
  again.addEventListener("click", () => { wipe(); say(""); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!has) return say("lost", form.dataset.kMissing);
    save.disabled = true;
    await send();
    save.disabled = false;
  }, { capture: true });
  window.addEventListener("pagehide", leave, { once: true });
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target === document.body) leave(); }, { once: true });
  open();
}

function enliven(element) {
  for (const form of element.querySelectorAll("form[data-k-capture]:not([data-k-alive])")) {
    form.dataset.kAlive = "";
    prepare(form);
  }
}

enliven(document.body); // the page that loaded this, also where htmx turned to it
window.htmx.onLoad(enliven);
