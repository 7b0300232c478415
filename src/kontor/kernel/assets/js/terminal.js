// A device on which nobody is signed in: a clock, and after a while without a touch nothing of the last person is left.

let quiet = 0;

const terminal = () => document.querySelector("[data-k-terminal]");

function tick() {
  for (const clock of document.querySelectorAll("[data-k-clock]")) {
    const shown = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone };
    clock.textContent = new Intl.DateTimeFormat("de", shown).format(new Date());
  }
  const here = terminal();
  quiet += 1;
  if (quiet < Number(here.dataset.idle)) return;
  quiet = 0;
  if (document.querySelector("form:not([hx-post])") || location.search) {
    sessionStorage.clear();
    location.replace(here.dataset.home);
  }
}

const touched = () => {
  quiet = 0;
};

export function watch() {
  if (!terminal()) return;
  setInterval(tick, 1000);
  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, touched, { passive: true });
  for (const kind of ["contextmenu", "dragstart"]) {
    document.addEventListener(kind, (event) => event.preventDefault());
  }
}
