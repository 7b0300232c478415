// Lists: j and k walk the rows, x chooses one, / jumps to the search. Pages name further keys by data-k-key: its element is
// followed, or the first field inside it is focused. ? opens the page's own list of keys, where it has one.

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

function walk(step) {
  const stops = [...document.querySelectorAll("[data-k-walk] [data-k-stop]")];
  if (!stops.length) return;
  const at = stops.indexOf(document.activeElement);
  stops[Math.min(stops.length - 1, Math.max(0, at + step))].focus();
}

function choose() {
  const pick = document.activeElement?.parentElement?.querySelector("[data-k-pick]");
  if (pick) pick.click();
}

function follow(event) {
  const named = document.querySelector(`[data-k-key="${CSS.escape(event.key)}"]`);
  if (!named) return;
  event.preventDefault();
  const field = named.matches("form") ? named.querySelector("textarea, input:not([type=hidden])") : named;
  if (field.matches("a, button")) field.click();
  else field.focus();
}

export function watch() {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "x") choose();
    else if (event.key === "?") document.querySelector("dialog#keys")?.showModal();
    else if (event.key === "/") {
      const find = document.querySelector(".k-filter input[type=search]");
      if (!find) return;
      event.preventDefault();
      find.focus();
    } else if (event.key.length === 1) follow(event);
  });
}
