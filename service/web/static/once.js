/** A form is sent once: a double click must not decide twice. The server holds it as well. */

/** @param {Document} page */
export function sendOnce(page) {
  page.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method === "dialog" || event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  // what was sent by its button after signing in again needs no second press
  const goesOn = page.querySelector("form[data-goes-on]");
  if (goesOn instanceof HTMLFormElement) {
    delete goesOn.dataset.goesOn;
    goesOn.requestSubmit();
  }
  // coming back by the back button must not leave dead forms
  window.addEventListener("pageshow", () => {
    for (const form of page.querySelectorAll("form[data-sent]")) {
      delete (/** @type {HTMLFormElement} */ (form).dataset.sent);
      form.removeAttribute("aria-busy");
    }
  });
}
