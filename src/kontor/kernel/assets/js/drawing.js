// A field to sign in with finger, pen or mouse. It tells strokes, not a picture; whoever cannot draw types their name.
const WIDTH = 600, HEIGHT = 200;

function prepare(field) {
  const canvas = field.querySelector("canvas");
  const wipe = field.querySelector("[data-k-wipe]");
  const told = field.querySelector("input[type=hidden]");
  const typed = field.querySelector("input:not([type=hidden])"); // where the name stands beside the field
  const pen = canvas.getContext("2d");
  const strokes = told.value ? JSON.parse(told.value) : []; // a form that came back still holds them
  let now = null;

  function draw() {
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#0b2a31";
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
    told.value = strokes.length ? JSON.stringify(strokes) : "";
    wipe.hidden = !strokes.length;
    if (typed && strokes.length) typed.value = "";
  }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    return [within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH), within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT)];
  }

  function empty() {
    strokes.length = 0;
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    now = [point(event)];
    strokes.push(now);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!now) return;
    const next = point(event);
    const [x, y] = now[now.length - 1];
    if (Math.abs(next[0] - x) + Math.abs(next[1] - y) < 2) return;
    now.push(next);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { if (now) draw(); now = null; });
  wipe.addEventListener("click", empty);
  typed?.addEventListener("input", () => { if (typed.value && strokes.length) empty(); });
  if (strokes.length) draw();
}

export function drawings(root) {
  for (const field of root.querySelectorAll("[data-k-draw]:not([data-ready])")) {
    field.dataset.ready = "";
    prepare(field);
  }
}
