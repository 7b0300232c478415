// While somebody chats who allowed it: which of the named elements was pressed, and nothing else of it.
const { kChatNoted } = document.querySelector("[data-k-chat-noted]").dataset;

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-k-chat]");
  if (!element) return;
  const told = new FormData();
  told.set("what", element.dataset.kChat);
  told.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  navigator.sendBeacon(kChatNoted, told);
});
