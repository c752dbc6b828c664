/**
 * A first guess at what selected words are; the person always chooses. Only what looks like a name
 * is guessed to be one: what is not known "singles out", whose placeholder tells nothing wrong.
 */

/** @type {[RegExp, string][]} */
const SIGNS = [
  [/@\w/u, "EMAIL"],
  [/^(19|20)\d\d$|^\d{1,2}[./-]\d{1,2}([./-](\d{2}|\d{4})?)?$|^\d{4}-\d\d-\d\d$/u, "DATE"],
  [/^(\+|00?)[\d\s()/-]{5,}$|^\d{3,}[\s()/-][\d\s()/-]{3,}$/u, "PHONE"],
  [/^\d{1,3}$|^\d{1,3}[\s-]?(years?[\s-]old|jähr\p{L}*|Jahren?( alt)?)$|^aged? \d{1,3}$/iu, "AGE"],
  [/^\p{L}+([\s-]\p{L}+)? (years old|Jahre alt)$|^\p{L}+[\s-]year[\s-]old$/iu, "AGE"],
  [/^(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)([\s-]\p{Ll}+)?$/iu, "AGE"],
  [/^\p{L}*(zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)$/iu, "AGE"],
  [/^(\p{Lu}\.?[\s+&-]*){1,3}$/u, "INITIALS"],
  [/^\p{Lu}.*\s\d+\s?\p{L}?$/u, "ADDRESS"],
  [/\b\d{5}\b|\b(street|road|avenue|lane)\b|(stra(ss|ß)e|weg)\b/iu, "ADDRESS"],
  [/(hospital|clinic|klinik(um)?|krankenhaus)\b|\b(ward|infirmary)\b/iu, "HOSPITAL"],
  [/\b(school|university|college|club|ltd|company|church|team)\b|(gmbh|verein|schule)\b/iu, "ORGANIZATION"],
  [/^(?=.*\d)[\p{Lu}\d][\p{Lu}\d\s-]{5,}$/u, "OTHER_ID"],
];

/** Up to four words with a capital, and the small words of names between them. */
const NAME = /^\p{Lu}[\p{L}'’.-]*( (v[oa]n|zu[mr]?|de[nrls]?|di|da|du|la|le|y|and|und|&|\p{Lu}[\p{L}'’.-]*)){0,4}$/u;

/** German words that are no names although they have a capital: long ones, and these endings. */
const NOUN = /^\p{L}{12,}$|^\p{L}{4,}(zeit|tag|ung|heit|keit|schaft|dienst|wehr|fest|reise|arbeit|krankheit)$/u;

/** What stands in a date beside months and days of the week. */
const TIMES = /^(years?|months?|weeks?|weekends?|summer|winter|spring|autumn|christmas|easter|jahr(es|en?)?|monat(s|en?)?|wochen?|wochenende|sommer|frühling|frühjahr|herbst|weihnachten|ostern|(19|20)\d\d)$/u;
const BESIDE = /^(le|el|en|op|w|last|next|this|in|on|of|the|since|early|late|mid|beginning|end|ago|and|a|few|two|three|four|five|six|letzte[nrms]?|nächste[nrms]?|diese[nrms]?|i[mn]|am|de[mnrs]|seit|vor|anfang|ende|mitte|und|eine[mnr]?|zwei|drei|vier|fünf|sechs|\d{1,4}(st|nd|rd|th|\.)?)$/u;

/**
 * @param {string} words
 * @param {string} language  of the letter; empty where it is not known
 */
export function guessKind(words, language = "") {
  const trimmed = words.replace(/\s+/gu, " ").trim();
  if (isTime(trimmed, language)) {
    return "DATE";
  }
  const found = SIGNS.find(([sign]) => sign.test(trimmed));
  if (found) {
    return found[1];
  }
  const named = NAME.test(trimmed) && !(language === "de" && NOUN.test(trimmed));
  return named ? "PERSON" : "SINGLING_OUT";
}

/** The language of the letter on the page; empty where it is not known. */
export function letterLanguage() {
  return document.getElementById("letter")?.dataset.language ?? "";
}

/** @param {string} words @param {string} language */
function isTime(words, language) {
  const parts = words.toLowerCase().split(/[\s,-]+/u).map((part) => part.replace(/\.$/u, ""));
  // alone, "Jan" is a name; beside a number it is a month
  const names = new Set(["en", "de", language].flatMap((one) => calendar(one, parts.length > 1)));
  const isNamed = (/** @type {string} */ part) => names.has(part) || TIMES.test(part);
  return parts.some(isNamed) && parts.every((part) => isNamed(part) || BESIDE.test(part));
}

/**
 * Months and days of the week, as the browser writes them.
 * @param {string} language
 * @param {boolean} short  with the short forms of the months
 * @returns {string[]}
 */
function calendar(language, short) {
  if (!/^[a-z]{2,3}$/u.test(language)) {
    return [];
  }
  const months = [...Array(12).keys()].map((month) => new Date(2024, month, 1));
  const days = [...Array(7).keys()].map((day) => new Date(2024, 0, day + 1));
  /** @type {(form: Intl.DateTimeFormatOptions, dates: Date[]) => string[]} */
  const written = (form, dates) =>
    dates.map((date) => new Intl.DateTimeFormat(language, form).format(date).toLowerCase().replace(/\.$/u, ""));
  return [
    ...written({ month: "long" }, months),
    ...(short ? written({ month: "short" }, months) : []),
    ...written({ weekday: "long" }, days),
  ];
}
