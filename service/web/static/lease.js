/** A claim ends after a pause. Shortly before, the page asks whether the person is still there. */

const WARNING_MS = 3 * 60 * 1000;

/** @param {Document} page */
export function watchLease(page) {
  const notice = page.getElementById("lease");
  const until = Date.parse(notice?.dataset.until ?? "");
  if (!notice || Number.isNaN(until)) {
    return;
  }
  setTimeout(
    () => {
      notice.hidden = false;
    },
    Math.max(0, until - Date.now() - WARNING_MS),
  );
}
