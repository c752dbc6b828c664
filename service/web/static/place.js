/**
 * After a decision the letter stays where it was on the screen, with the focus in the text. A
 * refusal stands on top of the page, and the page stays there with it.
 */

/**
 * @param {string} letterId
 * @param {import("./findings.js").Findings} findings
 */
export function keepPlace(letterId, findings) {
  const key = `place-${letterId}`;
  const cameFromForm = new URLSearchParams(location.search).has("said");
  const place = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (cameFromForm && place !== null && !document.querySelector("#message .stop")) {
    window.scrollTo({ top: Number(place), behavior: "instant" });
    findings.focus();
  }
  document.addEventListener("submit", () => {
    sessionStorage.setItem(key, String(window.scrollY));
  });
}
