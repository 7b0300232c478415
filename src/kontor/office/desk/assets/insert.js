// An article in an answer: what a found one carries is put where the cursor was. Arrow keys walk what was found, Enter takes it,
// Escape goes back to the answer.
const found = () => [...document.querySelectorAll("[data-k-insert]")];

function put(button) {
  const text = document.querySelector(".k-reply textarea");
  const before = text.value.slice(0, text.selectionStart);
  const gap = before && !/\s$/.test(before) ? "\n\n" : "";
  text.setRangeText(gap + button.dataset.kInsert, text.selectionStart, text.selectionEnd, "end");
  document.getElementById("picked").replaceChildren();
  document.querySelector(".k-pickbox input").value = "";
  text.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-k-insert]");
  if (button) put(button);
});

document.addEventListener("keydown", (event) => {
  if (!event.target.closest(".k-pickbox")) return;
  const stops = found();
  const at = stops.indexOf(document.activeElement);
  if (event.key === "Escape") document.querySelector(".k-reply textarea").focus();
  else if (event.key === "ArrowDown") stops[Math.min(at + 1, stops.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (stops[at - 1] ?? document.querySelector(".k-pickbox input")).focus();
  else if (event.key === "Enter" && event.target.matches("input")) { if (stops[0]) put(stops[0]); }
  else return;
  event.preventDefault();
});
