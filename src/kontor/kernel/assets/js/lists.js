// Lists: j and k walk the rows, / jumps to the search.

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

function walk(step) {
  const stops = [...document.querySelectorAll("[data-k-walk] [data-k-stop]")];
  if (!stops.length) return;
  const at = stops.indexOf(document.activeElement);
  stops[Math.min(stops.length - 1, Math.max(0, at + step))].focus();
}

export function watch() {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "/") {
      const find = document.querySelector(".k-filter input[type=search]");
      if (!find) return;
      event.preventDefault();
      find.focus();
    }
  });
}
