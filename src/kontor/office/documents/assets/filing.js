// Files go one by one, each with its progress; one that is refused is named and holds up no other. Without this the form works as well.

function row(list, file) {
  const item = document.createElement("li");
  item.className = "k-line";
  const words = document.createElement("span");
  words.textContent = file.name;
  const bar = document.createElement("progress");
  bar.className = "k-push";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(words, bar);
  list.append(item);
  return { item, words, bar };
}

function send(form, file, shown) {
  return new Promise((done) => {
    const told = new FormData(form);
    told.delete("file");
    told.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) shown.bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* an error page is no JSON: it was lost on the way */ }
      const [made] = answer.filed ?? [];
      const words = made ? form.dataset.kFiled : (answer.refused?.[0]?.reason ?? form.dataset.kLost);
      const note = document.createElement("span");
      note.className = made ? "k-sub" : "k-sub k-bad";
      note.textContent = words;
      shown.bar.remove();
      shown.words.append(note);
      done(Boolean(made));
    });
    request.send(told);
  });
}

async function file(event, form) {
  const input = form.querySelector("input[type=file]");
  const files = [...input.files];
  if (files.length < 2) return; // one file is a plain form
  event.preventDefault();
  event.stopImmediatePropagation();
  const list = form.querySelector("[data-k-sent]");
  const button = form.querySelector("button[type=submit]");
  list.hidden = false;
  list.replaceChildren();
  button.disabled = true;
  const shown = files.map((each) => row(list, each));
  let all = true;
  for (const [place, each] of files.entries()) all = (await send(form, each, shown[place])) && all;
  button.disabled = false;
  input.value = "";
  input.dispatchEvent(new Event("change"));
  if (all) location.href = form.querySelector(".k-formdo a").href;
}

function enliven(element) {
  const form = element.querySelector("[data-k-filing]");
  if (!form || form.dataset.kAlive) return;
  form.dataset.kAlive = "";
  form.addEventListener("submit", (event) => file(event, form), { capture: true });
}

enliven(document.body); // the page that loaded this, also where htmx turned to it
window.htmx.onLoad(enliven);
