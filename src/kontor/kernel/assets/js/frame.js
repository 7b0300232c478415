// The frame around the sheet: theme, density, what survives when htmx turns the page.

const root = document.documentElement;
let sideTop = 0;

/** True where the click should be left alone: a new tab, a download. */
const isFile = (xhr) => !(xhr.getResponseHeader("Content-Type") ?? "text/html").startsWith("text/html");

/** Show the chosen theme at once; the form still tells the server, which writes it into the page from then on. */
function appearance(event) {
  const form = event.target.closest("[data-k-appearance]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  const key = { theme: "bsTheme", density: "density" }[name];
  if (value === "auto" || value === "normal") delete root.dataset[key];
  else root.dataset[key] = value;
  for (const button of document.querySelectorAll(`[data-k-appearance] button[name="${name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  const body = new FormData(form);
  body.set(name, value);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
}

/** A strip that is wider than the phone starts at the day it shows, else at "now". */
function startAtNow(element) {
  for (const box of element.querySelectorAll(".k-scroll-x:has([data-k-now])")) {
    const at = box.querySelector("[data-k-asof-held]:not([hidden])") ?? box.querySelector("[data-k-now]");
    box.scrollLeft = at.offsetLeft - box.clientWidth * 0.4;
  }
}

/** The current one of many parts is in sight, also where the row is wider than a phone; the page itself does not move. */
function currentInSight(element) {
  for (const here of element.querySelectorAll(".k-subnav [aria-current]")) {
    const row = here.closest(".k-subnav");
    row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  }
}

/** Where the browser keeps no cookies, say what does not work before anybody types a password. */
function sayWithoutCookies(element) {
  for (const said of element.querySelectorAll("[data-k-no-cookies]")) said.hidden = keepsCookies();
}

/** Try it, and leave nothing behind: what a browser says of itself is not always what it does. */
function keepsCookies() {
  document.cookie = "kontor_try=1; SameSite=Lax";
  const kept = document.cookie.includes("kontor_try=1");
  document.cookie = "kontor_try=; SameSite=Lax; max-age=0";
  return kept;
}

/** Without a connection nothing is saved, and the page says so before anybody presses a button. */
function sayOffline() {
  for (const said of document.querySelectorAll("[data-k-is-offline]")) said.hidden = navigator.onLine;
}

export function enliven(element) {
  sayWithoutCookies(element);
  sayOffline();
  currentInSight(element);
  startAtNow(element);
  const side = document.querySelector(".k-side");
  if (side && element === document.body) side.scrollTop = sideTop;
}

export function watch() {
  for (const change of ["online", "offline"]) window.addEventListener(change, sayOffline);
  document.addEventListener("submit", appearance);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    if (isFile(xhr)) {
      event.detail.shouldSwap = false;
      if (requestConfig.verb === "get") location.assign(xhr.responseURL);
      return;
    }
    if (target !== document.body) return;
    sideTop = document.querySelector(".k-side")?.scrollTop ?? 0;
    for (const open of document.querySelectorAll("dialog[open]")) open.close();
    for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
  });
  // After a turned page a keyboard or screen reader stands at the top of the new sheet, as after a full load.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== document.body) return;
    if (document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
  });
}
