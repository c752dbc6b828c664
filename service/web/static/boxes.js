/**
 * Draws boxes on a picture with the mouse: the numbers of the form are filled in, nothing else.
 * The numbers can be typed as well, and the boxes on the picture follow them.
 */

const NAMES = ["left", "top", "width", "height"];

/** @param {Document} page */
export function startBoxes(page) {
  const form = page.getElementById("boxes");
  const sheet = /** @type {SVGSVGElement | null} */ (
    /** @type {unknown} */ (page.getElementById("box-sheet"))
  );
  if (!form || !sheet) {
    return;
  }
  const rows = [...form.querySelectorAll(".box-row")].map((row) =>
    NAMES.map((name) => /** @type {HTMLInputElement} */ (row.querySelector(`[name=${name}]`))),
  );
  const size = sheet.viewBox.baseVal;

  function show() {
    const boxes = rows
      .map((row) => row.map((cell) => cell.valueAsNumber))
      .filter((numbers) => numbers.every((one) => one >= 0));
    sheet.replaceChildren(...boxes.map(([x, y, width, height]) => rect({ x, y, width, height })));
  }

  /** @param {Record<string, number>} numbers */
  function rect(numbers) {
    const made = page.createElementNS(sheet.namespaceURI, "rect");
    for (const [name, value] of Object.entries(numbers)) {
      made.setAttribute(name, String(value));
    }
    return made;
  }

  /** @param {PointerEvent} event */
  function place(event) {
    const area = sheet.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * size.width;
    const y = ((event.clientY - area.top) / area.height) * size.height;
    return [
      Math.round(Math.min(Math.max(x, 0), size.width)),
      Math.round(Math.min(Math.max(y, 0), size.height)),
    ];
  }

  /** @type {{ row: HTMLInputElement[], x: number, y: number } | null} */
  let drawing = null;
  sheet.addEventListener("pointerdown", (event) => {
    const row = rows.find((cells) => cells.every((cell) => cell.value === ""));
    if (!row || event.button !== 0) {
      return;
    }
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    const [x, y] = place(event);
    drawing = { row, x, y };
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!drawing) {
      return;
    }
    const [x, y] = place(event);
    const box = [
      Math.min(x, drawing.x),
      Math.min(y, drawing.y),
      Math.abs(x - drawing.x),
      Math.abs(y - drawing.y),
    ];
    drawing.row.forEach((cell, place) => {
      cell.value = String(box[place]);
    });
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(end, () => {
      // a click is no box
      if (drawing && drawing.row.slice(2).some((cell) => !(cell.valueAsNumber > 0))) {
        for (const cell of drawing.row) {
          cell.value = "";
        }
      }
      drawing = null;
      show();
    });
  }
  form.addEventListener("input", show);
}
