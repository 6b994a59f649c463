import { shorten } from '../../src/private/printable';

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
