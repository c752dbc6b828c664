/**
 * Keys of the letter page and the queue, as the person has bound them: the list of keys on the page
 * says which. They rest while a person types, and leave the browser's own alone.
 */

import { closeMenus, openDialog } from "./menus.js";
import { isTyping, ofEditing, signOf } from "./pressed.js";

/**
 * @typedef {object} Parts
 * @property {import("./findings.js").Findings | null} findings
 * @property {import("./marking.js").Marking | null} marking
 * @property {import("./edges.js").Edges | null} edges
 */

const WALKS = new Set(["next", "previous", "next_open"]);

/** @param {Parts} parts */
export function startKeys({ findings, marking, edges }) {
  /** @type {Record<string, () => void>} */
  const actions = {
    next: () => findings?.step(1),
    previous: () => findings?.step(-1),
    next_open: () => findings?.nextOpen(),
    remove: () => decide("remove", false),
    remove_all: () => decide("remove", true),
    generalise: () => decide("generalise", false),
    generalise_all: () => decide("generalise", true),
    keep: () => focusOn("#keep-form button[name=reason]"),
    kind: () => openAt("more-forms", "new-kind"),
    resize: () => edges?.begin(),
    own_words: () => openAt("wording", "own-words"),
    mark: () => marking?.begin(),
    undo: () => send("undo"),
    redo: () => send("redo"),
    approve: () => approve(),
  };
  const bound = boundKeys(document);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) {
      return;
    }
    if (event.key === "Escape") {
      if (marking?.close() || closeMenus(document) || leaveField(findings)) {
        event.preventDefault();
      }
      return;
    }
    if (isTyping(event) || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      const step = ofEditing(event);
      if (step) {
        event.preventDefault();
        send(step);
      }
      return;
    }
    if (event.altKey && !event.getModifierState("AltGraph")) {
      return;
    }
    if (event.key === "Enter" && marking?.confirm()) {
      event.preventDefault();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      // arrows with Shift select text, and scroll the page where no passage has the focus
      if (!event.shiftKey && document.activeElement?.matches("a.finding")) {
        event.preventDefault();
        findings?.step(event.key === "ArrowDown" ? 1 : -1);
      }
      return;
    }
    const key = signOf(event);
    // held down, a key walks through the passages; it never decides about one after the other
    if (event.repeat && !WALKS.has(bound.get(key) ?? "")) {
      return;
    }
    const button = document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    if (key === "?") {
      event.preventDefault();
      openDialog("cheat-sheet");
    } else if (button instanceof HTMLButtonElement) {
      event.preventDefault();
      button.click();
    } else if (findings && actions[bound.get(key) ?? ""]) {
      event.preventDefault();
      actions[bound.get(key) ?? ""]();
    }
  });
  onEnter("new-kind", "change");
}

/** @param {Document} page */
function boundKeys(page) {
  const found = /** @type {HTMLElement[]} */ ([...page.querySelectorAll("#cheat-sheet [data-action]")]);
  return new Map(
    found
      .filter((one) => one.dataset.key)
      .map((one) => [one.dataset.key ?? "", one.dataset.action ?? ""]),
  );
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

/** @param {string} selector */
function focusOn(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) {
    found.focus();
  }
}

/** @param {string} id  of a form with one button */
function send(id) {
  const form = document.getElementById(id);
  const button = form?.querySelector("button");
  if (form instanceof HTMLFormElement && button && !button.disabled) {
    form.requestSubmit(button);
  }
}

/** @param {string} box @param {string} field */
function openAt(box, field) {
  document.getElementById(box)?.setAttribute("open", "");
  const place = document.getElementById(field);
  place?.focus();
  if (place instanceof HTMLInputElement) {
    place.select();
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

/**
 * Enter in a list sends its form with the button of this value, once something is chosen.
 * @param {string} id
 * @param {string | null} value
 */
function onEnter(id, value) {
  const list = document.getElementById(id);
  list?.addEventListener("keydown", (event) => {
    const { form, value: chosen } = /** @type {HTMLSelectElement} */ (list);
    if (event.key === "Enter" && chosen && form) {
      event.preventDefault();
      const button = value && form.querySelector(`button[value=${value}]`);
      form.requestSubmit(button instanceof HTMLButtonElement ? button : null);
    }
  });
}

/**
 * From a field back to the passage, so that the keys work again.
 * @param {import("./findings.js").Findings | null} findings
 */
function leaveField(findings) {
  const field = document.activeElement;
  if (field instanceof HTMLElement && field.matches("input, select, textarea")) {
    field.blur();
    findings?.focus();
    return true;
  }
  return false;
}
