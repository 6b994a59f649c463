/**
 * Characters that are invisible, or change how others look: they could hide text, reverse it, or control a terminal.
 * Unassigned characters are included, since nobody knows what they will do, and so is the Braille blank.
 *
 * Made with the first text that may have them: V8 takes most of a millisecond for these classes of characters.
 */
let invisible: RegExp | undefined;

/**
 * The text with every invisible character written as its number, such as `\u{202E}`. A printable text stays as it is.
 */
export function printable(text: string): string {
  return escapeInvisible(text, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`);
}

/**
 * A name that somebody chose, printable and in quotes, so that its beginning and end are visible.
 *
 * @param bytes the maximum length with quotes; a longer name is cut, and followed by three dots
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
 * The same JSON with invisible characters written as JSON's own escapes.
 */
export function printableJson(json: string): string {
  // In JSON, such characters occur only within strings. One beyond U+FFFF is escaped as its two UTF-16 units.
  return escapeInvisible(json, (character) => character.split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
}

/**
 * The text in one line, printable, and cut to a number of bytes at a whole character.
 */
export function shorten(text: string, bytes: number): string {
  // eslint-disable-next-line no-control-regex -- Line ends and the like only separate words.
  const line = printable(text.replace(/[\u0000-\u001f]+/g, ' '));
  if (Buffer.byteLength(line) <= bytes) {
    return line;
  }
  const cut = Buffer.from(line).subarray(0, bytes - 3).toString('utf8').replace(/\ufffd+$/, '');
  return `${cut}...`;
}

function escapeInvisible(text: string, escape: (character: string) => string): string {
  invisible ??= /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;
  return text.replace(invisible, escape);
}
