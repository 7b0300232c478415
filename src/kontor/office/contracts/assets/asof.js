// The time slider of a contract: moved, it asks the server for what is agreed on that day and puts it in place. Without this file
// the date form beside it does the same with a whole page. Arrow keys go by days, page keys by months.
const DAY = 864e5;
const german = document.documentElement.lang === "de";
const locale = german ? "de-DE" : "en-GB";
const short = new Intl.DateTimeFormat(locale, { day: german ? "2-digit" : "numeric", month: german ? "2-digit" : "short", year: "numeric", timeZone: "UTC" });
const words = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

const parsed = (iso) => new Date(`${iso}T00:00:00Z`);
const written = (date) => date.toISOString().slice(0, 10);

/** Show the day on the strip and in the heading; what is agreed follows when the hand rests. */
function show(form, slider, strip, iso) {
  const day = parsed(iso);
  slider.setAttribute("aria-valuetext", words.format(day));
  form.elements.on.value = iso;
  for (const head of document.querySelectorAll("[data-k-asof-day]")) head.textContent = short.format(day);
  for (const term of strip.querySelectorAll("[data-first]")) term.classList.toggle("is-on", term.dataset.first <= iso && iso <= term.dataset.last);
  form.querySelector("[data-k-asof-today]").hidden = iso === form.dataset.today;
  strip.querySelector("[data-k-asof-held]").hidden = true;
}

function ask(form, iso) {
  const url = new URL(location.href);
  if (iso === form.dataset.today) url.searchParams.delete("on");
  else url.searchParams.set("on", iso);
  history.replaceState(history.state, "", url);
  window.htmx.ajax("GET", url.pathname + url.search, { target: `#${form.dataset.kAsof}`, swap: "outerHTML" });
}

/** A month on or back, the day kept where the month has it. */
function byMonth(date, months) {
  const moved = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0));
  return new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth(), Math.min(date.getUTCDate(), moved.getUTCDate())));
}

function bind(form) {
  const strip = document.querySelector(".k-strip");
  const slider = strip?.querySelector("[data-k-asof-slider]");
  if (!slider || form.dataset.bound) return;
  form.dataset.bound = "true";
  slider.hidden = false;
  form.querySelector("button").hidden = true;
  const first = parsed(form.dataset.first);
  const chosen = () => written(new Date(first.getTime() + slider.valueAsNumber * DAY));
  const place = (date) => {
    slider.value = String(Math.round((date - first) / DAY));
    const box = strip.closest(".k-scroll-x"); // on a phone the strip is wider than its box
    box.scrollLeft = (slider.valueAsNumber / slider.max) * strip.offsetWidth - box.clientWidth / 2;
  };
  let waiting;
  const moved = () => {
    const iso = chosen();
    show(form, slider, strip, iso);
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(form, iso), 150);
  };
  slider.addEventListener("input", moved);
  slider.addEventListener("keydown", (event) => {
    const months = { PageUp: 1, PageDown: -1 }[event.key];
    if (!months) return;
    event.preventDefault();
    place(byMonth(parsed(chosen()), months));
    moved();
  });
  form.elements.on.addEventListener("change", () => {
    if (!form.elements.on.value) return;
    const date = parsed(form.elements.on.value);
    if (date < first || date > new Date(first.getTime() + slider.max * DAY)) return void form.requestSubmit();
    place(date);
    moved();
  });
  form.querySelector("[data-k-asof-today]").addEventListener("click", (event) => {
    event.preventDefault();
    place(parsed(form.dataset.today));
    moved();
    slider.focus();
  });
}

/** This file may arrive after the page that htmx turned to: what stands there already is bound at once. */
function enliven(element) {
  for (const form of element.querySelectorAll("[data-k-asof]")) bind(form);
}

window.htmx.onLoad(enliven);
enliven(document);
