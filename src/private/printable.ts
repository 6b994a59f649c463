/**
 * Characters that show nothing, or change how others show: they could hide text, turn it round, or command a terminal.
 * Unassigned ones belong to them, since nobody knows what they will do; so does the blank of Braille.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/**
 * The text with every invisible character written as its number, `\u{202E}`. What is printable already stays as it is.
 */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`);
}

/**
 * A name that somebody chose, in quotes and printable, so that one sees where it begins and ends.
 *
 * @param bytes how long it may be with its quotes; what is longer is cut, and ends with three dots after the quote
 */
export function quoted(name: string, bytes = Infinity): string {
  const characters = Array.from(name, (character) => printable(character.replace(/["\\]/, '\\$&')));
  const whole = `"${characters.join('')}"`;
  if (Buffer.byteLength(whole) <= bytes) {
    return whole;
  }
  let cut = '';
  for (const character of characters) {
    if (Buffer.byteLength(`"${cut}${character}"...`) > bytes) {
      break;
    }
    cut += character;
  }
  return `"${cut}"...`;
}

/**
 * JSON that says the same without invisible characters: they are written as JSON's own escapes.
 */
export function printableJson(json: string): string {
  // Outside of texts JSON has no such character. Those beyond U+FFFF are escaped as the two units that JavaScript has
  // of them.
  return json.replace(INVISIBLE, (character) => character.split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
}

/**
 * A text in one line, printable, and cut to a number of bytes at a whole character.
 */
export function shorten(text: string, bytes: number): string {
  // eslint-disable-next-line no-control-regex -- Line ends and the like only part words.
  const line = printable(text.replace(/[\u0000-\u001f]+/g, ' '));
  if (Buffer.byteLength(line) <= bytes) {
    return line;
  }
  const cut = Buffer.from(line).subarray(0, bytes - 3).toString('utf8').replace(/\ufffd+$/, '');
  return `${cut}...`;
}
