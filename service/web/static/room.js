/**
 * Room for what stays in sight at the head and the foot of the letter page: how high the bars are
 * differs by language and by width, so the style sheet is told (`--progress`, `--bar`).
 */

const BARS = { "--progress": ".progress", "--bar": ".decide" };

/** @param {Document} page */
export function leaveRoom(page) {
  for (const [name, selector] of Object.entries(BARS)) {
    const bar = page.querySelector(selector);
    if (bar instanceof HTMLElement) {
      const tell = () => {
        const stays = getComputedStyle(bar).position === "sticky";
        page.documentElement.style.setProperty(name, `${stays ? bar.offsetHeight : 0}px`);
      };
      tell();
      new ResizeObserver(tell).observe(bar);
    }
  }
}

/** From where to where on the screen nothing covers the page, in pixels. */
export function visiblePart() {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  return {
    top: parseFloat(scrollPaddingTop) || 0,
    bottom: window.innerHeight - (parseFloat(scrollPaddingBottom) || 0),
  };
}

/**
 * Put the toolbar below its passage, or above where there is no room below.
 * @param {HTMLElement} toolbar
 * @param {DOMRect} box
 */
export function putBeside(toolbar, box) {
  const room = window.innerWidth - toolbar.offsetWidth - 16;
  const left = Math.max(8, Math.min(box.left, room)) + window.scrollX;
  const { top: above, bottom: under } = visiblePart();
  const below = box.bottom + 10 + toolbar.offsetHeight < under;
  const top = below ? box.bottom + 10 : Math.max(above, box.top - toolbar.offsetHeight - 10);
  toolbar.style.left = `${left}px`;
  toolbar.style.top = `${top + window.scrollY}px`;
}
