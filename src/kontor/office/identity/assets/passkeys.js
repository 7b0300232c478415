// Passkeys: asks the server for a challenge, the browser for its answer, and sends that with the form it stands in.
// <form data-k-passkey="get|create" data-k-options="address" …><input type="hidden" name="proof_passkey">…</form>

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

function text(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The server's JSON with its texts as bytes, for browsers that do not read it by themselves. */
function readable(options) {
  const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) read.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) read.excludeCredentials = named(options.excludeCredentials);
  return read;
}

/** What the browser answered, as JSON in the form of the standard. */
function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type, authenticatorAttachment } = credential;
  const clientExtensionResults = credential.getClientExtensionResults();
  return JSON.stringify({ id, type, authenticatorAttachment, clientExtensionResults, rawId: text(credential.rawId), response });
}

async function ask(form) {
  const answer = await fetch(form.dataset.kOptions, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const options = { publicKey: readable((await answer.json()).publicKey) };
  const isNew = form.dataset.kPasskey === "create";
  return isNew ? navigator.credentials.create(options) : navigator.credentials.get(options);
}

async function send(event) {
  const form = event.currentTarget;
  const field = form.querySelector("input[name=proof_passkey]");
  if (field.value) return;
  event.preventDefault();
  event.stopPropagation();
  const said = form.querySelector("[data-k-say]");
  said.hidden = true;
  try {
    field.value = written(await ask(form));
    form.submit();
  } catch (refused) {
    field.value = "";
    said.hidden = false;
    said.textContent = refused.name === "InvalidStateError" ? said.dataset.kThere : said.dataset.kSay;
  }
}

function enliven(element) {
  for (const form of element.querySelectorAll("form[data-k-passkey]")) {
    if (form.dataset.kAlive) continue;
    form.dataset.kAlive = "";
    if (window.PublicKeyCredential) form.addEventListener("submit", send);
    else for (const part of form.querySelectorAll("button, [data-k-say]")) part.toggleAttribute("disabled", true);
    const missing = form.querySelector("[data-k-missing]");
    if (missing) missing.hidden = Boolean(window.PublicKeyCredential);
  }
  for (const button of element.querySelectorAll("[data-k-print]")) button.onclick = () => window.print();
}

enliven(document.body); // the page that loaded this, also where htmx turned to it
window.htmx?.onLoad(enliven);
