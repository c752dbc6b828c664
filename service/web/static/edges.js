/**
 * The edges of the selected passage: two handles to drag with mouse or finger, or to move with the
 * arrow keys. Whole words by default, single letters with Shift. Nothing but the form on the page
 * is sent; Esc leaves everything as it was.
 */

import { codePointSpan, rangeOfUnits, stepOver, unitsOfRange, wholeWords } from "./offsets.js";

/**
 * @typedef {object} Edges
 * @property {(mark: HTMLElement) => void} attach  the handles to this passage
 * @property {() => void} begin  the focus on the handle at its end
 */

/**
 * @typedef {{ from: number, to: number }} Units  UTF-16 units of the original's text
 */

/**
 * @param {HTMLElement} letter
 * @returns {Edges | null}
 */
export function startEdges(letter) {
  const original = letter.querySelector("#original");
  const form = document.getElementById("resize-form");
  if (!(original instanceof HTMLElement) || !(form instanceof HTMLFormElement)) {
    return null;
  }
  const text = original.textContent ?? "";
  const left = handle(form.dataset.startLabel ?? "", "edge-start");
  const right = handle(form.dataset.endLabel ?? "", "edge-end");
  /** @type {HTMLElement | null} */
  let passage = null;
  /** @type {Units} */
  let before = { from: 0, to: 0 };
  /** @type {Units} */
  let now = before;

  /** @param {Units} units */
  function show(units) {
    now = units;
    const words = text.slice(units.from, units.to);
    for (const [one, place] of /** @type {[HTMLElement, number][]} */ ([
      [left, units.from],
      [right, units.to],
    ])) {
      one.setAttribute("aria-valuenow", String(place));
      one.setAttribute("aria-valuetext", words);
    }
    const span = codePointSpan(text, units);
    field("words").value = words;
    field("start").value = isMoved() ? String(span.start) : "";
    field("end").value = isMoved() ? String(span.end) : "";
    if ("highlights" in CSS) {
      CSS.highlights.delete("new-edges");
      if (isMoved()) {
        const range = rangeOfUnits(/** @type {HTMLElement} */ (original), units.from, units.to);
        CSS.highlights.set("new-edges", new Highlight(range));
      }
    }
  }

  /** @param {string} name */
  function field(name) {
    return /** @type {HTMLInputElement} */ (
      /** @type {HTMLFormElement} */ (form).elements.namedItem(name)
    );
  }

  function isMoved() {
    return now.from !== before.from || now.to !== before.to;
  }

  /** @param {HTMLElement} edge @param {number} place @param {boolean} byLetter */
  function move(edge, place, byLetter) {
    const { from, to } = now;
    const wanted =
      edge === left
        ? { from: Math.max(0, Math.min(place, to - 1)), to }
        : { from, to: Math.min(text.length, Math.max(place, from + 1)) };
    const words = byLetter ? wanted : wholeWords(text, wanted);
    if (words) {
      show(words);
    }
  }

  function save() {
    if (isMoved()) {
      /** @type {HTMLFormElement} */ (form).requestSubmit();
    }
  }

  for (const edge of [left, right]) {
    edge.addEventListener("keydown", (event) => {
      const arrow = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (arrow) {
        const place = edge === left ? now.from : now.to;
        move(edge, stepOver(text, place, arrow, event.shiftKey), event.shiftKey);
      } else if (event.key === "Enter" || event.key === " ") {
        save();
      } else if (event.key === "Escape") {
        show(before);
        passage?.focus();
      } else {
        return;
      }
      event.preventDefault();
    });
    dragging(edge, original, {
      move: (place, byLetter) => move(edge, place, byLetter),
      end: save,
      cancel: () => show(before),
    });
  }

  return {
    attach: (mark) => {
      const range = document.createRange();
      range.selectNodeContents(mark);
      const units = unitsOfRange(original, range);
      if (!units || mark === passage) {
        return;
      }
      passage = mark;
      before = units;
      for (const edge of [left, right]) {
        edge.setAttribute("aria-valuemin", "0");
        edge.setAttribute("aria-valuemax", String(text.length));
      }
      mark.before(left);
      mark.after(right);
      show(units);
    },
    begin: () => {
      right.focus();
    },
  };
}

/** @param {string} label @param {string} name */
function handle(label, name) {
  const edge = document.createElement("span");
  edge.className = `edge ${name}`;
  edge.tabIndex = 0;
  edge.setAttribute("role", "slider");
  edge.setAttribute("aria-label", label);
  return edge;
}

/**
 * @param {HTMLElement} edge
 * @param {HTMLElement} sheet
 * @param {{ move: (place: number, byLetter: boolean) => void, end: () => void, cancel: () => void }} what
 */
function dragging(edge, sheet, what) {
  edge.addEventListener("pointerdown", (event) => {
    if (event.button === 0) {
      // no selection of text begins here
      event.preventDefault();
      edge.setPointerCapture(event.pointerId);
      edge.focus({ preventScroll: true });
    }
  });
  edge.addEventListener("pointermove", (event) => {
    const place = edge.hasPointerCapture(event.pointerId) ? placeAt(sheet, event) : null;
    if (place !== null) {
      what.move(place, event.shiftKey);
    }
  });
  edge.addEventListener("pointerup", (event) => {
    if (edge.hasPointerCapture(event.pointerId)) {
      edge.releasePointerCapture(event.pointerId);
      what.end();
    }
  });
  edge.addEventListener("pointercancel", what.cancel);
  // a selection made while dragging would open the toolbar for marking
  edge.addEventListener("mouseup", (event) => event.stopPropagation());
}

/**
 * The position in the text of `sheet` under the pointer, in UTF-16 units; null beside the text.
 * @param {HTMLElement} sheet
 * @param {PointerEvent} event
 */
function placeAt(sheet, { clientX, clientY }) {
  const caret = document.caretPositionFromPoint?.(clientX, clientY);
  const range = caret ? null : document.caretRangeFromPoint?.(clientX, clientY);
  const node = caret?.offsetNode ?? range?.startContainer;
  if (!node || !sheet.contains(node)) {
    return null;
  }
  const until = document.createRange();
  until.setStart(sheet, 0);
  until.setEnd(node, caret?.offset ?? range?.startOffset ?? 0);
  return until.toString().length;
}
