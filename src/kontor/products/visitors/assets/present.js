// A terminal keeps the signed list of who is inside, a minute old at most, and shows it when the server is gone.
//   <section data-present="/visitors/present/" hidden><b data-present-count></b> … <time data-present-as-of></time> … <ol data-present-list></ol></section>
const MINUTE = 60000;
const GONE = 15000; // milliseconds without an answer

const box = document.querySelector("[data-present]");
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
let list = null;
let heard = Date.now();

async function isProved({ said, signature, keys }) {
  if (!crypto.subtle) return null; // an address without https: nothing can be said
  for (const each of keys) {
    const key = await crypto.subtle.importKey("spki", bytes(each), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    if (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes(signature), new TextEncoder().encode(said))) return true;
  }
  return false;
}

function write() {
  const told = JSON.parse(list.said);
  const zone = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: box.dataset.zone };
  box.querySelector("[data-present-as-of]").textContent = new Intl.DateTimeFormat("de", zone).format(new Date(told.as_of));
  box.querySelector("[data-present-count]").textContent = told.people.filter((each) => !each.assumed).length;
  const signed = box.querySelector("[data-present-signature]");
  signed.textContent = list.proved === null ? "" : list.proved ? signed.dataset.good : signed.dataset.bad;
  box.querySelector("[data-present-list]").replaceChildren(
    ...told.people.map((each) => {
      const line = document.createElement("li");
      const name = document.createElement("b");
      name.textContent = each.name;
      line.append(name, ` ${[each.company, each.assumed ? box.dataset.unsure : ""].filter(Boolean).join(", ")}`);
      return line;
    }),
  );
}

async function fetched() {
  try {
    const answer = await fetch(box.dataset.present, { signal: AbortSignal.timeout(8000) });
    if (answer.status === 401) list = null; // unpaired: nothing of anybody is left
    if (!answer.ok) return;
    list = await answer.json();
    list.proved = await isProved(list);
    heard = Date.now();
    write();
  } catch {
    // the server is gone; what was fetched last is what there is
  }
}

function look() {
  const off = document.querySelector("[data-k-live-state]")?.classList.contains("is-off") ?? !navigator.onLine;
  if (!off) heard = Date.now();
  box.hidden = !(list && off && Date.now() - heard > GONE);
}

if (box) {
  fetched();
  setInterval(fetched, MINUTE);
  setInterval(look, 1000);
}
