/** Marking what the machine missed: by selecting it, or by typing it. */

import { guessKind, letterLanguage } from "./guess.js";
import { codePointSpan, placesOf, rangeOfUnits, unitsOfRange, wholeWords } from "./offsets.js";
import { putBeside } from "./room.js";

/**
 * @typedef {object} Marking
 * @property {() => void} begin  `m`: the toolbar for selected words, else the field to type them
 * @property {() => boolean} close  true when the toolbar was open
 * @property {() => boolean} confirm  marks as the guessed kind; true when the toolbar was open
 */

/**
 * @param {HTMLElement} letter
 * @returns {Marking}
 */
export function startMarking(letter) {
  const original = letter.querySelector("#original");
  const toolbar = document.getElementById("toolbar");
  const typed = document.getElementById("mark-words");
  if (!(original instanceof HTMLElement) || !(toolbar instanceof HTMLFormElement)) {
    return { begin: () => {}, close: () => false, confirm: () => false };
  }
  const outgoing = letter.querySelector("#outgoing");

  const close = () => {
    const open = !toolbar.hidden;
    toolbar.hidden = true;
    return open;
  };
  const open = () => {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) {
      close();
      return false;
    }
    const range = selection.getRangeAt(0);
    return (
      offer(toolbar, original, range, true, original) ||
      (outgoing instanceof HTMLElement && offer(toolbar, outgoing, range, false, original)) ||
      close()
    );
  };

  document.addEventListener("mouseup", (event) => {
    if (!toolbar.contains(/** @type {Node} */ (event.target))) {
      // after a click the browser drops the old selection only now
      setTimeout(open, 0);
    }
  });
  document.addEventListener("keydown", (event) => {
    // from the selection straight to the guessed kind, to see it or to choose another
    if (event.key === "Tab" && !event.shiftKey && !toolbar.hidden && !toolbar.contains(document.activeElement)) {
      event.preventDefault();
      guessed(toolbar)?.focus();
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" || (event.shiftKey && event.key.startsWith("Arrow"))) {
      open();
    }
  });
  toolbar.addEventListener("keydown", (event) => {
    // Enter in the field would press the first kind, whatever was guessed
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      guessed(toolbar)?.click();
    }
  });
  if (typed instanceof HTMLInputElement) {
    typed.addEventListener("input", () => preview(original, typed));
  }

  return {
    close,
    confirm: () => {
      if (toolbar.hidden || toolbar.contains(document.activeElement)) {
        return false;
      }
      guessed(toolbar)?.click();
      return true;
    },
    begin: () => {
      if (open()) {
        guessed(toolbar)?.focus();
      } else {
        document.getElementById("mark-box")?.setAttribute("open", "");
        typed?.focus();
      }
    },
  };
}

/**
 * The button of the guessed kind.
 * @param {HTMLFormElement} toolbar
 * @returns {HTMLButtonElement | null}
 */
function guessed(toolbar) {
  return toolbar.querySelector("[aria-pressed=true]");
}

/**
 * Show the toolbar beside the selection when it lies in `text`. Words selected in the outgoing
 * text have no place in the letter, so they are marked wherever they stand.
 * @param {HTMLFormElement} toolbar
 * @param {HTMLElement} sheet
 * @param {Range} range
 * @param {boolean} placed
 * @param {HTMLElement} original
 */
function offer(toolbar, sheet, range, placed, original) {
  const text = sheet.textContent ?? "";
  const units = unitsOfRange(sheet, range);
  const words = units && wholeWords(text, units);
  if (!words) {
    return false;
  }
  const chosen = text.slice(words.from, words.to);
  const span = codePointSpan(text, words);
  if (field(toolbar, "words").value !== chosen) {
    field(toolbar, "instead").value = "";
  }
  field(toolbar, "words").value = chosen;
  field(toolbar, "start").value = placed ? String(span.start) : "";
  field(toolbar, "end").value = placed ? String(span.end) : "";
  const everywhere = field(toolbar, "everywhere");
  everywhere.checked = true;
  everywhere.toggleAttribute("data-fixed", !placed);
  write("toolbar-words", chosen);
  const count = placesOf(original.textContent ?? "", chosen).length;
  write("toolbar-count", count > 1 ? counted("toolbar-count", count) : "");
  const guess = guessKind(chosen, letterLanguage());
  for (const button of toolbar.querySelectorAll("button[name=kind]")) {
    const fits = /** @type {HTMLButtonElement} */ (button).value === guess;
    button.setAttribute("aria-pressed", String(fits));
    if (fits) {
      write("toolbar-guess", button.textContent ?? "");
    }
  }
  toolbar.hidden = false;
  putBeside(toolbar, range.getBoundingClientRect());
  return true;
}

/**
 * While words are typed: how often they stand in the letter, and where.
 * @param {HTMLElement} original
 * @param {HTMLInputElement} typed
 */
function preview(original, typed) {
  const text = original.textContent ?? "";
  const places = typed.value.trim().length > 1 ? placesOf(text, typed.value) : [];
  const kind = document.getElementById("mark-kind");
  if (kind instanceof HTMLSelectElement && typed.value.trim()) {
    kind.value = guessKind(typed.value, letterLanguage());
  }
  write("mark-count", typed.value.trim() ? counted("mark-count", places.length) : "");
  if ("highlights" in CSS) {
    const ranges = places.map(({ from, to }) => rangeOfUnits(original, from, to));
    CSS.highlights.set("to-mark", new Highlight(...ranges));
  }
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/**
 * The words of the server for a count; `#` stands where the number goes.
 * @param {string} id
 * @param {number} count
 */
function counted(id, count) {
  const words = document.getElementById(id)?.dataset ?? {};
  return count === 1 && words.one ? words.one : (words.many ?? "").replace("#", String(count));
}

/** @param {string} id @param {string} words */
function write(id, words) {
  const place = document.getElementById(id);
  if (place) {
    place.textContent = words;
  }
}
