/** What was pressed: a sign, a step of editing, or something typed into a field. */

/**
 * The sign that was typed; a locked Shift is no Shift, or every key would act on all passages.
 * @param {KeyboardEvent} event
 */
export function signOf(event) {
  if (!event.getModifierState("CapsLock") || !/^\p{L}$/u.test(event.key)) {
    return event.key;
  }
  return event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
}

/**
 * Ctrl with Z, Shift and Z, or Y: the form to send; an empty word for any other key.
 * @param {KeyboardEvent} event
 */
export function ofEditing(event) {
  const key = event.key.toLowerCase();
  if (key === "z") {
    return event.shiftKey ? "redo" : "undo";
  }
  return key === "y" ? "redo" : "";
}

/**
 * True while a person types or chooses: in a field, in a list, among reasons, in an open menu.
 * @param {KeyboardEvent} event
 */
export function isTyping(event) {
  const target = event.target;
  if (event.isComposing || !(target instanceof HTMLElement)) {
    return event.isComposing;
  }
  const quiet = ["checkbox", "submit", "button"];
  return (
    target.isContentEditable ||
    target.matches("textarea, select, details.menu[open] *") ||
    (target instanceof HTMLInputElement && !quiet.includes(target.type))
  );
}
