/** The panel beside the letter, filled from what the server wrote on the passage. */

/**
 * @param {HTMLAnchorElement} mark
 * @param {HTMLAnchorElement | undefined} before
 * @param {HTMLAnchorElement | undefined} after
 */
export function fillPanel(mark, before, after) {
  const panel = document.getElementById("panel");
  if (!panel) {
    return;
  }
  const data = mark.dataset;
  /** @type {Record<string, string | undefined>} */
  const facts = { ...data, text: mark.textContent ?? "" };
  for (const [id, value] of [["resize-words", facts.text], ["own-words", data.becomes]]) {
    const field = document.getElementById(id ?? "");
    if (field instanceof HTMLInputElement) {
      field.defaultValue = field.value = value ?? "";
    }
  }
  for (const place of panel.querySelectorAll("[data-fill]")) {
    place.textContent = facts[/** @type {HTMLElement} */ (place).dataset.fill ?? ""] ?? "";
  }
  const kind = panel.querySelector(".kind");
  kind?.classList.remove(...[...kind.classList].filter((name) => name.startsWith("hue-")));
  kind?.classList.add(data.hue ?? "");
  for (const input of panel.querySelectorAll("input[name=finding]")) {
    /** @type {HTMLInputElement} */ (input).value = data.finding ?? "";
  }
  fillChoices(panel, data);
  link(panel, "-1", before);
  link(panel, "1", after);
}

/**
 * @param {HTMLElement} panel
 * @param {DOMStringMap} data
 */
function fillChoices(panel, data) {
  const several = Number(data.equal) > 1;
  for (const everywhere of panel.querySelectorAll(".everywhere")) {
    /** @type {HTMLElement} */ (everywhere).hidden = !several;
    const box = everywhere.querySelector("input");
    if (box) {
      box.checked = false;
    }
  }
  const kinds = panel.querySelector("select[name=kind]");
  if (kinds instanceof HTMLSelectElement) {
    kinds.value = data.kind ?? "";
  }
  const generalise = panel.querySelector("button[value=generalise]");
  if (generalise instanceof HTMLButtonElement) {
    generalise.disabled = !data.generalises;
  }
  const rule = panel.querySelector("[data-fill=rule]");
  if (rule instanceof HTMLElement) {
    rule.hidden = !data.rule;
  }
  const only = panel.querySelector("#only-generalise");
  if (only instanceof HTMLButtonElement) {
    only.hidden = !(data.rule && data.generalises);
  }
  for (const id of ["keep-form", "rewrite-form"]) {
    const form = document.getElementById(id);
    if (form instanceof HTMLFormElement) {
      form.reset();
    }
  }
}

/**
 * @param {HTMLElement} panel
 * @param {string} step
 * @param {HTMLAnchorElement | undefined} target
 */
function link(panel, step, target) {
  const stepper = panel.querySelector(`[data-step="${step}"]`);
  if (target) {
    stepper?.setAttribute("href", `?at=${target.dataset.start}#panel`);
    stepper?.removeAttribute("aria-disabled");
  } else {
    stepper?.removeAttribute("href");
    stepper?.setAttribute("aria-disabled", "true");
  }
}
