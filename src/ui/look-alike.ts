const WORDS = /[\p{L}\p{M}\p{N}_]+/gu;
const OTHER_THAN_ASCII = /[^\x20-\x7E]/gu;
/** Scripts that have letters which look like those of ASCII. */
const TWINS =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;
/** Words of these alone look like words of ASCII. */
const ONLY_TWINS = /^[асеорхуіјѕһԁԛԝАВЕКМНОРСТУХЅІЈԌԚԜοναΑΒΕΖΗΙΚΜΝΟΡΤΥΧ\d_]+$/;
/** Dotless i, long s, and the letters of phonetics. */
const ODD_LATIN = /[\u0131\u0138\u01C3\u017F\u0250-\u02AF\u1D00-\u1DBF\uA730\uA731]/;
/** Forms of ASCII's own letters and digits: full-width, mathematical, ligatures. */
const FORMS = /[\uFF10-\uFF5A\u2102-\u2149\u2160-\u2188\uFB00-\uFB06\u{1D400}-\u{1D7FF}]/u;
/** Spaces, dashes, quotes, slashes and colons of another kind than ASCII's, but for three dots. */
const PUNCTUATION =
  /[\u00A0\u00B4\u02B0-\u02FF\u037E\u0589\u05C3\u1680\u2000-\u2025\u2027-\u206F\u2212\u2215-\u2217\u2223\u2236\u223C\u3000\uA789\uA78C\uFE50-\uFE6B\uFF01-\uFF5E]/gu;

/** Shows which letters are not what they seem, as in `multi-cont\u{430}iner`; a text in one script stays readable. */
export function showLookAlikes(text: string): string {
  return text.replace(WORDS, (word) => (isDeceptive(word) ? word.replace(OTHER_THAN_ASCII, byNumber) : word));
}

/** The same for names and what is there to be typed, where a dash or a quote can deceive, too. */
export function showExactly(text: string): string {
  return showLookAlikes(text).replace(PUNCTUATION, byNumber);
}

function isDeceptive(word: string): boolean {
  if (/^\w+$/.test(word)) return false;
  const mixed = /[A-Za-z]/.test(word) && TWINS.test(word);
  return mixed || ONLY_TWINS.test(word) || ODD_LATIN.test(word) || FORMS.test(word);
}

function byNumber(character: string): string {
  return String.raw`\u{${character.codePointAt(0)!.toString(16)}}`;
}
