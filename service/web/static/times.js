/** Times in the reader's own time zone and the page's language; the server writes UTC. */

/** @param {Document} page */
export function showLocalTimes(page) {
  const language = page.documentElement.lang;
  /** @type {Intl.DateTimeFormatOptions} */
  const time = { hour: "2-digit", minute: "2-digit" };
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { day: "numeric", month: "short", year: "numeric" };
  const moment = new Intl.DateTimeFormat(language, { ...day, ...time });
  const clock = new Intl.DateTimeFormat(language, time);
  for (const place of page.querySelectorAll("time[data-local]")) {
    const format = /** @type {HTMLElement} */ (place).dataset.local === "time" ? clock : moment;
    const at = new Date(/** @type {HTMLTimeElement} */ (place).dateTime);
    if (!Number.isNaN(at.getTime())) {
      place.textContent = format.format(at);
      place.setAttribute("title", at.toISOString());
    }
  }
}
