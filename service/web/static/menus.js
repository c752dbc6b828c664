/** Dialogs and the small menus of the decision bar. */

/** @param {Document} page */
export function startMenus(page) {
  for (const opener of page.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", () => {
      openDialog(/** @type {HTMLElement} */ (opener).dataset.opens ?? "");
    });
  }
  page.addEventListener("click", (event) => {
    for (const menu of openMenus(page)) {
      if (!menu.contains(/** @type {Node} */ (event.target))) {
        menu.open = false;
      }
    }
  });
}

/** @param {string} id */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) {
    dialog.showModal();
  }
}

/**
 * Close what is open; true when there was something.
 * @param {Document} page
 */
export function closeMenus(page) {
  const open = openMenus(page);
  for (const menu of open) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
  return open.length > 0;
}

/**
 * @param {Document} page
 * @returns {HTMLDetailsElement[]}
 */
function openMenus(page) {
  return [...page.querySelectorAll("details.menu")].filter(
    (menu) => menu instanceof HTMLDetailsElement && menu.open,
  );
}
