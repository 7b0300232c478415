// A field to sign in with finger, pen or mouse. It tells strokes, not a picture; whoever cannot draw signs with their typed name.

const WIDTH = 600, HEIGHT = 200;

function begin(field) {
  const canvas = field.querySelector("canvas");
  const told = field.closest("form").querySelector("input[name=drawn]");
  const pen = canvas.getContext("2d");
  const strokes = [];
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
  }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    return [within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH), within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT)];
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
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { now = null; draw(); });
  field.querySelector("[data-k-wipe]").addEventListener("click", () => { strokes.length = 0; draw(); });
}

for (const field of document.querySelectorAll("[data-k-signature]")) begin(field);
