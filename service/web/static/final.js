/**
 * The final read. Whoever approves says that the letter was read: without JavaScript by a tick, with
 * it by the button, which works only once the end of the letter was on the screen.
 */

/** @param {Document} page */
export function startFinalRead(page) {
  const form = page.getElementById("approve-form");
  const end = page.getElementById("letter-end");
  const tick = page.getElementById("read-it");
  const label = tick?.closest("label");
  if (!form || !end || !label || !(tick instanceof HTMLInputElement)) {
    return;
  }
  const buttons = [...form.querySelectorAll("button")];
  const hint = page.getElementById("read-on");
  const says = page.getElementById("read-says");

  /** @param {boolean} read */
  function show(read) {
    /** @type {HTMLInputElement} */ (tick).checked = read;
    for (const button of buttons) {
      button.disabled = !read;
    }
    if (hint) {
      hint.hidden = read;
    }
  }

  label.hidden = true;
  if (says) {
    says.hidden = false;
  }
  show(false);
  const watch = new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) {
      watch.disconnect();
      show(true);
    }
  });
  watch.observe(end);
}
