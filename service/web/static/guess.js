/** A first guess at what selected words are; the person always chooses. */

/** @type {[RegExp, string][]} */
const SIGNS = [
  [/@\w/u, "EMAIL"],
  [/^\+?[\d\s()/-]{7,}$/u, "PHONE"],
  [/^(\d{1,2}|\w+)[./\s-]+(\d{1,2}|\p{L}{3,})[./,\s-]+\d{2,4}$|^\p{Lu}\p{L}+ \d{4}$|^(19|20)\d\d$/u, "DATE"],
  [/^\d{1,3}$/u, "AGE"],
  [/^(\p{Lu}\.?[\s+&-]*){1,3}$/u, "INITIALS"],
  [/^\p{L}.*\s\d+\s?\p{L}?$|\b\d{5}\b|\b(street|road|avenue|lane|stra(ss|ß)e|weg)\b/iu, "ADDRESS"],
  [/\b(hospital|clinic|klinik(um)?|ward|infirmary)\b/iu, "HOSPITAL"],
  [/\b(school|university|college|club|ltd|gmbh|company|church|team)\b/iu, "ORGANIZATION"],
  [/^[\p{Lu}\d][\p{Lu}\d\s-]{5,}$/u, "OTHER_ID"],
  [/^\p{Ll}/u, "OCCUPATION"],
];

/** @param {string} words */
export function guessKind(words) {
  const found = SIGNS.find(([sign]) => sign.test(words.trim()));
  return found ? found[1] : "PERSON";
}
