// Dialogs, toasts, copy buttons: opened and closed by attributes, so that templates need no code.

/** Close the nearest dialog, or the popover around the button. */
function close(from) {
  const dialog = from.closest("dialog");
  if (dialog) dialog.close();
  else from.closest("[popover]")?.hidePopover();
}

async function copy(button) {
  const field = document.getElementById(button.dataset.kCopy);
  await navigator.clipboard.writeText(field.value ?? field.textContent.trim());
  const said = button.parentElement.querySelector("[role=status]");
  said.textContent = button.dataset.kDone;
  button.classList.add("is-done");
  setTimeout(() => {
    said.textContent = "";
    button.classList.remove("is-done");
  }, 2500);
}

export function watch() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-k-dialog]");
    if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // a link leads to the page that does the same without a dialog
      document.getElementById(opener.dataset.kDialog).showModal();
    }
    const closer = event.target.closest("[data-k-close]");
    if (closer) close(closer);
    const copier = event.target.closest("[data-k-copy]");
    if (copier) copy(copier);
    const shut = event.target.closest("[data-k-toast-close]");
    if (shut) shut.closest(".k-toast").remove();
  });
  // A click on the dark around a dialog closes it, as Escape does.
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.dataset.kStay === undefined) event.target.close();
  });
}

/** Toasts leave by themselves, unless they carry an error or somebody reads them. */
export function enliven(element) {
  for (const toast of element.querySelectorAll(".k-toast[data-k-leave]")) {
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
    setTimeout(leave, 7000);
  }
}
