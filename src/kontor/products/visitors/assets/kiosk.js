// A terminal before a visitor: keypad, camera, reader, and after a while nobody's name is left on the glass.

/** Digits are tapped into the field; the sixth sends it. */
function keypad(form) {
  const field = form.querySelector("input[name=pin]");
  const send = () => field.value.length === 6 && form.requestSubmit();
  field.addEventListener("input", send);
  for (const key of form.querySelectorAll("[data-k-key]")) {
    key.addEventListener("click", () => {
      field.value = key.dataset.kKey === "back" ? field.value.slice(0, -1) : (field.value + key.dataset.kKey).slice(0, 6);
      send();
    });
  }
}

/** A reader types the code and Enter, whatever has the focus; the camera shows it to the decoder. */
async function scanner(form) {
  const field = form.querySelector("input[name=code]");
  const [view, say] = [form.querySelector("[data-k-view]"), form.querySelector("[data-k-say]")];
  let sent = false;
  const take = (code) => {
    if (sent) return;
    sent = true;
    field.value = code;
    form.requestSubmit();
  };
  let typed = "";
  document.addEventListener("keydown", (event) => {
    if (document.activeElement?.matches("input, textarea, select")) return;
    if (event.key === "Enter" && typed.length > 5) take(typed);
    else if (event.key.length === 1) typed += event.key;
  });
  try {
    const { watch } = await import("./camera.js");
    await watch(view.querySelector("video"), take);
    view.hidden = false;
    say.textContent = say.dataset.looking;
  } catch {
    say.textContent = say.dataset.shut;
  }
}

/** What is over leads back to the first page, without a way back to it. */
function over(page) {
  setTimeout(() => location.replace(page.dataset.home), Number(page.dataset.kOver) * 1000);
}

window.htmx.onLoad((element) => {
  for (const form of element.querySelectorAll("[data-k-pin]")) keypad(form);
  for (const form of element.querySelectorAll("[data-k-scan]")) scanner(form);
  for (const page of element.querySelectorAll("[data-k-over]")) over(page);
});
