/**
 * Positions in the letter. The server counts code points, the browser UTF-16 units: an emoji is
 * one there and two here. Labels of passages are made by the style sheet, so that the text of the
 * page is the text of the letter and nothing else.
 */

/**
 * @typedef {{ start: number, end: number }} Span  code points, end exclusive
 */

/** @param {string} text */
export function countCodePoints(text) {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

/**
 * The part of a selection that lies in the text, in UTF-16 units, or null.
 * @param {HTMLElement} container
 * @param {Range} range
 * @returns {{ from: number, to: number } | null}
 */
export function unitsOfRange(container, range) {
  if (!range.intersectsNode(container)) {
    return null;
  }
  const all = document.createRange();
  all.selectNodeContents(container);
  const inside = range.cloneRange();
  if (range.compareBoundaryPoints(Range.START_TO_START, all) < 0) {
    inside.setStart(all.startContainer, all.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, all) > 0) {
    inside.setEnd(all.endContainer, all.endOffset);
  }
  const before = document.createRange();
  before.setStart(all.startContainer, all.startOffset);
  before.setEnd(inside.startContainer, inside.startOffset);
  const from = before.toString().length;
  return { from, to: from + inside.toString().length };
}

const WORD = /[\p{L}\p{N}\p{M}]/u;

/**
 * The selection without white space at its ends and without half words: a letter left over from a
 * name would still be readable.
 * @param {string} text
 * @param {{ from: number, to: number }} units
 * @returns {{ from: number, to: number } | null}
 */
export function wholeWords(text, { from, to }) {
  while (from < to && /\s/.test(text[from])) {
    from += 1;
  }
  while (from < to && /\s/.test(text[to - 1])) {
    to -= 1;
  }
  if (from >= to) {
    return null;
  }
  while (from > 0 && isWord(text, from) && isWord(text, stepLeft(text, from))) {
    from = stepLeft(text, from);
  }
  while (to < text.length && isWord(text, stepLeft(text, to)) && isWord(text, to)) {
    to += String.fromCodePoint(text.codePointAt(to) ?? 0).length;
  }
  return { from, to };
}

/**
 * @param {string} text
 * @param {{ from: number, to: number }} units
 * @returns {Span}
 */
export function codePointSpan(text, { from, to }) {
  const start = countCodePoints(text.slice(0, from));
  return { start, end: start + countCodePoints(text.slice(from, to)) };
}

/**
 * A range over UTF-16 units of the text of `container`.
 * @param {HTMLElement} container
 * @param {number} from
 * @param {number} to
 */
export function rangeOfUnits(container, from, to) {
  const range = document.createRange();
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (from >= passed && from < passed + length) {
      range.setStart(node, from - passed);
    }
    if (to > passed && to <= passed + length) {
      range.setEnd(node, to - passed);
      return range;
    }
    passed += length;
  }
  return range;
}

/**
 * Where `words` stand in `text` as whole words, case and white space aside; UTF-16 units.
 * @param {string} text
 * @param {string} words
 */
export function placesOf(text, words) {
  const parts = words.trim().split(/\s+/).filter(Boolean).map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  if (parts.length === 0) {
    return [];
  }
  const places = [];
  for (const match of text.matchAll(new RegExp(parts.join("\\s+"), "giu"))) {
    const from = match.index;
    const to = from + match[0].length;
    const torn =
      (from > 0 && isWord(text, stepLeft(text, from)) && isWord(text, from)) ||
      (to < text.length && isWord(text, stepLeft(text, to)) && isWord(text, to));
    if (!torn) {
      places.push({ from, to });
    }
  }
  return places;
}

/**
 * The next edge from `index`: over one letter, or over what stands between words and one word.
 * @param {string} text
 * @param {number} index
 * @param {number} step  1 to the right, -1 to the left
 * @param {boolean} byLetter
 */
export function stepOver(text, index, step, byLetter) {
  const inside = () => (step > 0 ? index < text.length : index > 0);
  const next = () =>
    step > 0
      ? index + String.fromCodePoint(text.codePointAt(index) ?? 32).length
      : stepLeft(text, index);
  const onWord = () => isWord(text, step > 0 ? index : stepLeft(text, index));
  if (byLetter) {
    return inside() ? next() : index;
  }
  while (inside() && !onWord()) {
    index = next();
  }
  while (inside() && onWord()) {
    index = next();
  }
  return index;
}

/** @param {string} text @param {number} index */
function isWord(text, index) {
  return WORD.test(String.fromCodePoint(text.codePointAt(index) ?? 32));
}

/** @param {string} text @param {number} index */
function stepLeft(text, index) {
  const low = text.charCodeAt(index - 1);
  return low >= 0xdc00 && low <= 0xdfff ? index - 2 : index - 1;
}
