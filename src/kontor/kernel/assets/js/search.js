// The search field of the frame: "/" or Ctrl K opens it, the arrow keys walk through what it found, Escape closes it.

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function open(event) {
  const opener = document.querySelector("[data-k-search]");
  const dialog = document.getElementById(opener?.dataset.kDialog ?? "");
  if (!dialog || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  dialog.showModal();
  dialog.querySelector("input").select();
}

/** From the field to the first result, from result to result, and from the first back to the field. */
function walk(event, field, box) {
  const stops = [...box.querySelectorAll("[data-k-found]")];
  const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  if (next >= stops.length || next < -1) return;
  event.preventDefault();
  (next < 0 ? field : stops[next]).focus();
}

export function watch() {
  document.addEventListener("keydown", (event) => {
    const ctrlK = event.key === "k" && (event.ctrlKey || event.metaKey);
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if (ctrlK || slash) return void open(event);
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const around = event.target.closest("#search, main");
    const box = around?.querySelector("[data-k-founds]");
    const field = around?.querySelector("input[type=search]");
    if (box && (event.target === field || event.target.matches("[data-k-found]"))) walk(event, field, box);
  });
  // Enter in the field opens the first result at once.
  document.addEventListener("submit", (event) => {
    const first = event.target.closest("#search")?.querySelector("[data-k-found]");
    if (!first) return;
    event.preventDefault();
    first.click();
  });
}
