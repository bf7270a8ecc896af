/**
 * Exact JSON: reads a model's JSON without changing its numbers.
 *
 * `JSON.parse` rounds integers of more than 15 to 17 digits to a neighbour, perhaps another record's id. Such a number
 * is kept as a marked text until its use is known.
 *
 * @module
 */

/** A private-use character before the digits. */
const MARK = '\ue000exact:';
/** Strings are matched first, so that digits inside them stay. */
const TOKENS = /"(?:[^"\\]|\\[^])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARKED = new RegExp(`"${MARK}(-?\\d[\\d.eE+-]*)"`, 'g');

/** @throws SyntaxError for what is not JSON. */
export function parseExact(text: string): unknown {
  return JSON.parse(text.replace(TOKENS, (token) => (isRounded(token) ? `"${MARK}${token}"` : token)));
}

/** A value from `parseExact` as JSON text, with its numbers as they were written. */
export function exactText(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, '$1');
}

/** A value from `parseExact` as any other client reads it, for fields whose numbers are never used here. */
export function asJsonParse<T>(value: T): T {
  return JSON.parse(exactText(value)) as T;
}

/** The first number that `JSON.parse` would change. */
export function roundedNumber(text: string): string | undefined {
  return text.match(TOKENS)?.find(isRounded);
}

/** Decimals are approximate anyway: only their whole part counts. */
function isRounded(token: string): boolean {
  if (token.startsWith('"')) return false;
  const value = Number(token);
  return !Number.isSafeInteger(value) && wholePart(token) !== wholePart(String(value));
}

/** The digits before the decimal point, without outer zeros, and their number. */
function wholePart(token: string): string {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const length = whole.length + Number(exponent) - (whole.length + fraction.length - digits.length);
  return length <= 0 ? '' : `${digits.slice(0, length).replace(/0+$/, '')} of ${length}`;
}
