// Signing: lines drawn with finger, pen or mouse go into the hidden field as a picture; without this one types the name.
function prepare(box) {
  const [sheet, canvas, clear, field] = [".k-draw__sheet", "canvas", ".k-draw__clear", "input[type=hidden]"].map((each) => box.querySelector(each));
  const pen = canvas.getContext("2d");
  const typed = box.querySelector("input:not([type=hidden])");
  let last = null;
  sheet.hidden = false;

  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
  };
  const line = (from, to) => {
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#10222e";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  };
  const note = () => {
    field.value = canvas.toDataURL("image/png");
    clear.hidden = false;
    typed.value = "";
  };
  const empty = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
    clear.hidden = true;
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, last);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(each);
      line(last, next);
      last = next;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { if (last) note(); last = null; });
  clear.addEventListener("click", empty);
  typed.addEventListener("input", () => { if (typed.value) empty(); });
  if (field.value.startsWith("data:image/png;base64,")) { // the form came back: what was drawn is still there
    const kept = new Image();
    kept.addEventListener("load", () => { pen.drawImage(kept, 0, 0); clear.hidden = false; });
    kept.src = field.value;
  }
}

export function drawings(root = document) {
  for (const box of root.querySelectorAll("[data-k-draw]:not([data-ready])")) {
    box.dataset.ready = "";
    prepare(box);
  }
}
