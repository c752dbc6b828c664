/** Dialogs and the small menus of the decision bar. */

/** @param {Document} page */
export function startMenus(page) {
  for (const opener of page.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", () => {
      openDialog(/** @type {HTMLElement} */ (opener).dataset.opens ?? "");
    });
  }
  for (const menu of page.querySelectorAll("details.menu")) {
    menu.addEventListener("toggle", () => keepInWindow(menu));
    // one that the server opened, to show what was typed into it
    keepInWindow(menu);
  }
  page.addEventListener("click", (event) => {
    for (const menu of openMenus(page)) {
      if (!menu.contains(/** @type {Node} */ (event.target))) {
        menu.open = false;
      }
    }
  });
}

/**
 * What a menu opens begins at its button; where the window ends before it, further left.
 * @param {Element} menu
 */
function keepInWindow(menu) {
  const box = menu.querySelector(":scope > form, :scope > div");
  if (box instanceof HTMLElement) {
    box.style.translate = "";
    const { left, right } = box.getBoundingClientRect();
    const over = Math.min(right - document.documentElement.clientWidth + 8, left - 8);
    box.style.translate = over > 0 ? `${-over}px` : "";
  }
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
