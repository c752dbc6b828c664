/** The marked passages: one is selected, the panel tells about it. */

import { fillPanel } from "./panel.js";
import { visiblePart } from "./room.js";

/**
 * @typedef {object} Findings
 * @property {(step: number) => void} step  to the next (1) or the previous (-1) passage
 * @property {() => void} nextOpen  to the next passage that has to be decided
 * @property {() => void} focus  the focus on the selected passage
 */

/**
 * @param {HTMLElement} letter
 * @param {import("./edges.js").Edges | null} edges
 * @returns {Findings}
 */
export function startFindings(letter, edges) {
  const marks = /** @type {HTMLAnchorElement[]} */ ([
    ...letter.querySelectorAll("a.finding[data-finding]"),
  ]);
  let place = Math.max(
    0,
    marks.findIndex((mark) => mark.classList.contains("selected")),
  );

  /** @param {number} index @param {boolean} focus */
  function select(index, focus) {
    if (index < 0 || index >= marks.length) {
      return;
    }
    place = index;
    const mark = marks[index];
    show(letter, marks, mark);
    fillPanel(mark, marks[index - 1], marks[index + 1]);
    edges?.attach(mark);
    history.replaceState(null, "", `?at=${mark.dataset.start}`);
    if (focus) {
      mark.focus({ preventScroll: true });
      bringIntoView(mark);
    }
  }

  marks.forEach((mark, index) => {
    // a link is dragged where plain text is selected; without its address it is plain text
    mark.removeAttribute("href");
    mark.tabIndex = 0;
    mark.setAttribute("role", "button");
    mark.addEventListener("click", () => {
      if (document.getSelection()?.isCollapsed ?? true) {
        select(index, true);
      }
    });
    mark.addEventListener("focus", () => select(index, false));
  });
  for (const stepper of letter.querySelectorAll("[data-step]")) {
    stepper.addEventListener("click", (event) => {
      event.preventDefault();
      select(place + Number(/** @type {HTMLElement} */ (stepper).dataset.step), true);
    });
  }
  for (const stand of letter.querySelectorAll("[data-stands-for]")) {
    stand.addEventListener("click", () => {
      const name = /** @type {HTMLElement} */ (stand).dataset.standsFor;
      if (document.getSelection()?.isCollapsed ?? true) {
        select(marks.findIndex((mark) => mark.dataset.finding === name), false);
      }
    });
  }
  // whoever is about to tick a suggestion sees it marked in the letter, and what the panel tells
  for (const box of document.querySelectorAll("#to-decide input[name=out]")) {
    const { value } = /** @type {HTMLInputElement} */ (box);
    box.addEventListener("focus", () =>
      select(marks.findIndex((mark) => mark.dataset.finding === value), false),
    );
    // Enter would press the first button of the form
    box.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Enter") {
        event.preventDefault();
      }
    });
  }
  if (marks.length > 0) {
    show(letter, marks, marks[place]);
    edges?.attach(marks[place]);
  }

  return {
    step: (step) => select(Math.min(Math.max(place + step, 0), marks.length - 1), true),
    nextOpen: () => {
      const open = marks.findIndex((mark, index) => index > place && mark.dataset.open);
      select(open >= 0 ? open : marks.findIndex((mark) => mark.dataset.open), true);
    },
    focus: () => {
      if (marks.length > 0) {
        marks[place].focus({ preventScroll: true });
        bringIntoView(marks[place]);
      }
    },
  };
}

/**
 * @param {HTMLElement} letter
 * @param {HTMLAnchorElement[]} marks
 * @param {HTMLAnchorElement} chosen
 */
function show(letter, marks, chosen) {
  const words = sameWords(chosen);
  for (const mark of marks) {
    mark.classList.toggle("selected", mark === chosen);
    mark.classList.toggle("same", mark !== chosen && sameWords(mark) === words);
    mark.toggleAttribute("aria-current", mark === chosen);
  }
  for (const stand of letter.querySelectorAll("[data-stands-for]")) {
    const name = /** @type {HTMLElement} */ (stand).dataset.standsFor;
    stand.classList.toggle("selected", name === chosen.dataset.finding);
  }
}

/** @param {HTMLElement} mark */
function sameWords(mark) {
  return (mark.textContent ?? "").replace(/\s+/g, " ").trim().toLowerCase();
}

/** @param {HTMLElement} mark */
function bringIntoView(mark) {
  const box = mark.getBoundingClientRect();
  const room = visiblePart();
  if (box.top < room.top || box.bottom > room.bottom) {
    mark.scrollIntoView({ block: "center" });
  }
}
