/** Keys of the letter page. They rest while a person types, and leave the browser's own alone. */

import { closeMenus, openDialog } from "./menus.js";

/**
 * @typedef {object} Parts
 * @property {import("./findings.js").Findings | null} findings
 * @property {import("./marking.js").Marking | null} marking
 */

/** @param {Parts} parts */
export function startKeys({ findings, marking }) {
  /** @type {Record<string, () => void>} */
  const actions = {
    "?": () => openDialog("cheat-sheet"),
    j: () => findings?.step(1),
    k: () => findings?.step(-1),
    ArrowDown: () => findings?.step(1),
    ArrowUp: () => findings?.step(-1),
    n: () => findings?.nextOpen(),
    r: () => decide("remove", false),
    R: () => decide("remove", true),
    g: () => decide("generalise", false),
    G: () => decide("generalise", true),
    e: () => document.getElementById("keep-reason")?.focus(),
    m: () => marking?.begin(),
    a: () => approve(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (marking?.close() || closeMenus(document) || leaveField()) {
        event.preventDefault();
      }
      return;
    }
    if (isTyping(event) || document.querySelector("dialog[open]")) {
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
      event.preventDefault();
      undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "Enter" && marking?.confirm()) {
      event.preventDefault();
      return;
    }
    // arrows with Shift select text, and scroll the page where no passage has the focus
    const arrow = event.key.startsWith("Arrow");
    if (arrow && (event.shiftKey || !document.activeElement?.matches("a.finding"))) {
      return;
    }
    const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (button instanceof HTMLButtonElement && !button.disabled) {
      event.preventDefault();
      button.click();
      return;
    }
    const action = findings || event.key === "?" ? actions[event.key] : undefined;
    if (action) {
      event.preventDefault();
      action();
    }
  });
  keepOnEnter();
}

/** @param {string} step @param {boolean} everywhere */
function decide(step, everywhere) {
  const form = document.getElementById("decide-form");
  const button = form?.querySelector(`button[value=${step}]`);
  if (form instanceof HTMLFormElement && button instanceof HTMLButtonElement && !button.disabled) {
    const box = /** @type {HTMLInputElement} */ (form.elements.namedItem("everywhere"));
    box.checked ||= everywhere;
    form.requestSubmit(button);
  }
}

function undo() {
  const form = document.getElementById("undo");
  const button = form?.querySelector("button");
  if (form instanceof HTMLFormElement && button && !button.disabled) {
    form.requestSubmit(button);
  }
}

/** Opens the final read; where approving is not possible yet, shows the reason. */
function approve() {
  const way = document.getElementById("approve");
  if (way instanceof HTMLAnchorElement) {
    way.click();
  } else {
    way?.focus();
  }
}

/** Enter in the list of reasons keeps the passage, once a reason is chosen. */
function keepOnEnter() {
  const reasons = document.getElementById("keep-reason");
  reasons?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && /** @type {HTMLSelectElement} */ (reasons).value) {
      event.preventDefault();
      /** @type {HTMLSelectElement} */ (reasons).form?.requestSubmit();
    }
  });
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = event.target;
  if (event.isComposing || !(target instanceof HTMLElement)) {
    return event.isComposing;
  }
  const quiet = ["checkbox", "radio", "submit", "button"];
  return (
    target.isContentEditable ||
    target.matches("textarea, select") ||
    (target instanceof HTMLInputElement && !quiet.includes(target.type))
  );
}

/** From a field back to the letter, so that the keys work again. */
function leaveField() {
  const field = document.activeElement;
  if (field instanceof HTMLElement && field.matches("input, select, textarea")) {
    field.blur();
    return true;
  }
  return false;
}
