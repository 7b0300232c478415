// Fields that do more than the browser gives: long selects with a search, file drops, rows of a formset.

/** Put the names of the chosen files below the drop area. */
function named(drop) {
  const input = drop.querySelector("input[type=file]");
  const list = drop.querySelector("[data-k-files]");
  list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} kB`;
    return item;
  }));
}

function drops(element) {
  for (const drop of element.querySelectorAll("[data-k-drop]")) {
    const input = drop.querySelector("input[type=file]");
    input.addEventListener("change", () => named(drop));
    for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      input.files = event.dataTransfer.files;
      named(drop);
    });
  }
}

/** A select with many options becomes one with a search; the select itself stays and is what is sent. */
function selects(element) {
  const long = [...element.querySelectorAll("select[data-k-find]")].filter((select) => !select.tomselect);
  if (long.length) import("./select.js").then((searchable) => long.forEach(searchable.dress));
}

/** Django formsets count their rows in TOTAL_FORMS; a removed row is marked, never taken out, so that the numbers stay. */
function add(box) {
  const total = box.querySelector(`[name="${box.dataset.kFormset}-TOTAL_FORMS"]`);
  const empty = box.querySelector("template[data-k-empty]");
  const holder = document.createElement("template");
  holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.content.firstElementChild;
  empty.before(row);
  total.value = String(Number(total.value) + 1);
  enliven(row);
  window.htmx.process(row);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function remove(row) {
  const mark = row.querySelector("input[name$='-DELETE']");
  mark.checked = true;
  mark.value = "on";
  row.hidden = true;
}

/**
 * Narrow fields to what was chosen: [data-k-when="field=value value"] is shown while that field holds one of the values,
 * "field!=value" while it holds none of them. What is not shown itself opens nothing.
 */
function shown(form) {
  for (const part of form.querySelectorAll("[data-k-when]")) {
    const [, name, not, values] = part.dataset.kWhen.match(/^([^!=]+)(!?)=(.*)$/);
    const named = [...form.elements].filter((each) => each.name === name && !each.closest("[data-k-when][hidden]"));
    const held = named.filter((each) => each.checked || !["checkbox", "radio"].includes(each.type)).map((each) => each.value);
    part.hidden = values.split(" ").some((value) => held.includes(value)) === Boolean(not);
  }
}

export function enliven(element) {
  drops(element);
  selects(element);
  for (const form of element.querySelectorAll("form:has([data-k-when])")) shown(form);
  if (element.querySelector("[data-k-draw]")) import("./drawing.js").then((drawing) => drawing.drawings(element));
  // What is wrong is read out and stands in view, except where the page only shows how it would look.
  element.querySelector(":not([data-k-still]) > .k-errors")?.focus();
}

export function watch() {
  document.addEventListener("click", (event) => {
    const adder = event.target.closest("[data-k-add]");
    if (adder) add(adder.closest("[data-k-formset]"));
    const remover = event.target.closest("[data-k-remove]");
    if (remover) remove(remover.closest("[data-k-row]"));
  });
  document.addEventListener("change", (event) => {
    if (event.target.form?.querySelector("[data-k-when]")) shown(event.target.form);
    if (event.target.matches("[data-k-submit]")) event.target.form.requestSubmit();
  });
}
