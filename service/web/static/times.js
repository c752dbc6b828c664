/** Times in the reader's own time zone; the server writes UTC. */

/** @param {Document} page */
export function showLocalTimes(page) {
  const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
  for (const time of page.querySelectorAll("time[data-local]")) {
    const format = /** @type {HTMLElement} */ (time).dataset.local === "time" ? clock : moment;
    const at = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.textContent = format.format(at);
      time.setAttribute("title", at.toISOString());
    }
  }
}
