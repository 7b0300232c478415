// The roles matrix: marks what was changed and says how much, so that nobody leaves without saving. Without it the form works as well.

function tell(form) {
  const changed = [...form.querySelectorAll("input[name=right]")].filter((box) => {
    const isChanged = box.checked !== box.defaultChecked;
    box.closest(".k-can").classList.toggle("is-changed", isChanged);
    return isChanged;
  });
  form.querySelector("[data-k-savebar]").hidden = changed.length === 0;
  const words = changed.length === 1 ? form.dataset.kOne : form.dataset.kMany.replace("#", String(changed.length));
  form.querySelector("[data-k-changes]").textContent = changed.length ? words : "";
}

function enliven(element) {
  const form = element.querySelector("[data-k-matrix]");
  if (!form?.querySelector("[data-k-changes]") || form.dataset.kAlive) return;
  form.dataset.kAlive = "";
  tell(form);
  form.addEventListener("change", () => tell(form));
  form.addEventListener("reset", () => setTimeout(() => tell(form)));
}

enliven(document.body); // the page that loaded this, also where htmx turned to it
window.htmx.onLoad(enliven);
