// The point of a place is moved by dragging, by arrow keys or by the four buttons, and fills the boxes.
// Without this script the boxes are typed in.

const KM_PER_DEGREE = 111.195;
const STEP = 0.1; // kilometres a press
const KEYS = { ArrowUp: [1, 0], ArrowRight: [0, 1], ArrowDown: [-1, 0], ArrowLeft: [0, -1] };

function start(page) {
  const drawing = page.querySelector("svg");
  const boxes = Object.fromEntries(
    ["latitude", "longitude", "precision"].map((name) => [name, document.getElementById(`id_${name}`)]),
  );
  if (!boxes.latitude || !boxes.longitude || !boxes.precision) return;
  const point = new MovablePoint(drawing, boxes, page.querySelector("output"), page.dataset.moved);
  drawing.setAttribute("tabindex", "0");
  drawing.classList.add("point-movable");
  for (const part of page.querySelectorAll("[hidden]")) part.hidden = false;

  drawing.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.target.closest(".point-mark")) return;
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    drawing.focus();
  });
  drawing.addEventListener("pointermove", (event) => {
    if (drawing.hasPointerCapture(event.pointerId)) point.moveTo(event.clientX, event.clientY);
  });
  drawing.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way) return;
    event.preventDefault();
    point.step(...way, event.shiftKey ? STEP * 10 : STEP);
  });
  page.addEventListener("click", ({ target }) => {
    const { north, east } = target.closest("button")?.dataset ?? {};
    if (north) point.step(Number(north), Number(east), STEP);
  });
  for (const name of ["latitude", "longitude"]) boxes[name].addEventListener("input", () => point.read());
  boxes.precision.addEventListener("change", () => point.read());
}

class MovablePoint {
  constructor(drawing, boxes, told, words) {
    Object.assign(this, { drawing, boxes, told, words });
    this.mark = drawing.querySelector(".point-mark");
    this.unsure = drawing.querySelector(".point-unsure");
    this.was = boxes.precision.value;
    this.km = Number(drawing.dataset.km);
    this.middle = { latitude: Number(drawing.dataset.latitude), longitude: Number(drawing.dataset.longitude) };
    this.kmPerEast = KM_PER_DEGREE * Math.max(Math.cos((this.middle.latitude * Math.PI) / 180), 1e-9);
    this.north = this.east = 0; // kilometres from the middle
    this.read();
  }

  get half() {
    const { width, height } = this.drawing.viewBox.baseVal;
    return { east: (width / 2) * this.km, north: (height / 2) * this.km };
  }

  // What was typed into the boxes, where it lies on the drawing.
  read() {
    const latitude = parseFloat(this.boxes.latitude.value);
    const longitude = parseFloat(this.boxes.longitude.value);
    const north = (latitude - this.middle.latitude) * KM_PER_DEGREE;
    const east = (longitude - this.middle.longitude) * this.kmPerEast;
    const { half } = this;
    if (Math.abs(north) <= half.north && Math.abs(east) <= half.east) Object.assign(this, { north, east });
    this.draw();
  }

  moveTo(clientX, clientY) {
    const at = new DOMPoint(clientX, clientY).matrixTransform(this.drawing.getScreenCTM().inverse());
    const { half } = this;
    this.put(half.north - at.y * this.km, at.x * this.km - half.east);
  }

  step(north, east, km) {
    this.put(this.north + north * km, this.east + east * km);
  }

  put(north, east) {
    const { half } = this;
    this.north = Math.min(Math.max(north, -half.north), half.north);
    this.east = Math.min(Math.max(east, -half.east), half.east);
    const where = [
      this.middle.latitude + this.north / KM_PER_DEGREE,
      this.middle.longitude + this.east / this.kmPerEast,
    ].map((degrees) => degrees.toFixed(5));
    [this.boxes.latitude.value, this.boxes.longitude.value] = where;
    this.boxes.precision.value = "exact";
    this.told.textContent = this.words.replace("%(where)s", where.join(", "));
    this.draw();
  }

  draw() {
    const { half, km } = this;
    this.mark.setAttribute("transform", `translate(${(half.east + this.east) / km} ${(half.north - this.north) / km})`);
    // The circle is that of the precision the page came with.
    this.unsure?.setAttribute("visibility", this.boxes.precision.value === this.was ? "visible" : "hidden");
  }
}

for (const page of document.querySelectorAll(".point-page")) start(page);
