import { log } from '../../src/function/runtime/log';
import { printable, printableJson, quoted, shorten } from '../../src/private/printable';
import { captureLog } from '../support/function-log';

/** Characters that must be seen, of every kind that Unicode has and of what hides without belonging to one. */
const INVISIBLE: [string, string, string][] = [
  ['a null', '\u0000', '\\u{0}'],
  ['a new line', '\n', '\\u{A}'],
  ['an escape', '\u001b', '\\u{1B}'],
  ['a delete', '\u007f', '\\u{7F}'],
  ['an escape sequence in one', '\u009b', '\\u{9B}'],
  ['a next line', '\u0085', '\\u{85}'],
  ['a space that does not break', '\u00a0', '\\u{A0}'],
  ['a soft hyphen', '\u00ad', '\\u{AD}'],
  ['a grapheme joiner', '\u034f', '\\u{34F}'],
  ['an Arabic letter mark', '\u061c', '\\u{61C}'],
  ['a Hangul filler', '\u3164', '\\u{3164}'],
  ['a wide space', '\u3000', '\\u{3000}'],
  ['a space of no width', '\u200b', '\\u{200B}'],
  ['a joiner of no width', '\u200d', '\\u{200D}'],
  ['a mark from right to left', '\u200f', '\\u{200F}'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['a paragraph separator', '\u2029', '\\u{2029}'],
  ['an override from right to left', '\u202e', '\\u{202E}'],
  ['an isolate', '\u2066', '\\u{2066}'],
  ['the blank of Braille', '\u2800', '\\u{2800}'],
  ['a variation selector', '\ufe0f', '\\u{FE0F}'],
  ['a byte order mark', '\ufeff', '\\u{FEFF}'],
  ['half a character', '\ud83d', '\\u{D83D}'],
  ['the other half', '\udeb2', '\\u{DEB2}'],
  ['something private', '\ue000', '\\u{E000}'],
  ['something that is not assigned', '\u0378', '\\u{378}'],
  ['something that never will be', '\uffff', '\\u{FFFF}'],
  ['a tag', '\u{e0041}', '\\u{E0041}'],
  ['something private on another plane', '\u{10fffd}', '\\u{10FFFD}'],
];

const VISIBLE = 'Sensor 7, "Küche" \\ 温度計 مستشعر e\u0301 🚲 <&>';

describe('a printable text', () => {
  test.each(INVISIBLE)('shows %s by its number', (_what, character, shown) => {
    expect(printable(`a${character}b`)).toBe(`a${shown}b`);
  });

  test('keeps what one sees, and is printable once and for all', () => {
    expect(printable(VISIBLE)).toBe(VISIBLE);
    const all = printable(INVISIBLE.map(([, character]) => `${character} `).join(''));
    expect(printable(all)).toBe(all);
    expect(all).toBe(INVISIBLE.map(([, , shown]) => `${shown} `).join(''));
  });
});

describe('a quoted name', () => {
  test.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['say "a"', '"say \\"a\\""'],
    ['a\\u{202E}', '"a\\\\u{202E}"'],
    ['a\u202e', '"a\\u{202E}"'],
    ['🚲', '"🚲"'],
  ])('of %j is %s', (name, expected) => {
    expect(quoted(name)).toBe(expected);
  });

  test.each([
    ['aaaaaa', 8, '"aaaaaa"'],
    ['aaaaaaa', 8, '"aaa"...'],
    ['a\u202ebcdef', 12, '"a"...'],
    ['a\u202ebcdef', 14, '"a\\u{202E}"...'],
    ['"""""""', 12, '"\\"\\"\\""...'],
    ['🚲🚲🚲', 10, '"🚲"...'],
  ])('of %j in %i bytes is %s', (name, bytes, expected) => {
    expect(quoted(name, bytes)).toBe(expected);
    expect(Buffer.byteLength(expected)).toBeLessThanOrEqual(bytes);
  });
});

describe('printable JSON', () => {
  const value = { ['key\u202e']: INVISIBLE.map(([, character]) => `a${character}b`), visible: VISIBLE, number: 1 };
  const written = printableJson(JSON.stringify(value));

  test('says the same', () => {
    expect(JSON.parse(written)).toEqual(value);
  });

  test('has nothing that is not printable', () => {
    expect(printable(written)).toBe(written);
    expect(written).toContain('🚲');
  });
});

describe('a line of the log', () => {
  const captured = captureLog();

  test.each(INVISIBLE)('has no %s in it', (_what, character) => {
    log(`found ${character}`, { name: `a${character}b` });

    const [line] = captured.lines;
    expect(line.endsWith('\n')).toBe(true);
    expect(printable(line.slice(0, -1))).toBe(line.slice(0, -1));
    expect(JSON.parse(line)).toEqual({ message: `found ${character}`, name: `a${character}b` });
  });
});

describe('a reason', () => {
  test.each([
    ['empty', '', ''],
    ['short', 'a reason', 'a reason'],
    ['as long as there is room', 'a'.repeat(1000), 'a'.repeat(1000)],
    ['longer', 'a'.repeat(1001), `${'a'.repeat(997)}...`],
    ['as long as there is room, in two bytes each', 'ü'.repeat(500), 'ü'.repeat(500)],
    ['longer, in two bytes each', 'ü'.repeat(501), `${'ü'.repeat(498)}...`],
    ['longer, in three bytes each', '雲'.repeat(334), `${'雲'.repeat(332)}...`],
    ['longer, in four bytes each', '🔥'.repeat(251), `${'🔥'.repeat(249)}...`],
    ['of several lines', 'one\r\n\ttwo\u0000\u001fthree', 'one two three'],
    ['turned round by an invisible character', 'a\u202eb\u009b', 'a\\u{202E}b\\u{9B}'],
    ['longer only by control characters', `${'a'.repeat(999)}\n\n\n`, `${'a'.repeat(999)} `],
  ])('that is %s', (_, reason, expected) => {
    expect(shorten(reason, 1000)).toBe(expected);
  });

  test('is cut at a whole character wherever the cut falls', () => {
    for (let offset = 0; offset < 8; offset++) {
      const cut = shorten('a'.repeat(offset) + 'ü雲🔥'.repeat(200), 1000);

      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1000);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(1000 - 4);
      expect(cut).toMatch(/^a*(ü雲🔥)*(ü|ü雲)?\.\.\.$/);
    }
  });
});
