import { arbitraryTextOf, pattern } from '../../../src/validation/policies/pattern';
import { includes } from '../../../src/validation/policies/pattern-inclusion';
import { SeededRandom } from '../../support/random';

const holds = (outer: string, inner: string) => includes(pattern(outer), pattern(inner));

/** The oracle: matches a text by trying every length for each `*`. */
function matches(glob: string, text: string): boolean {
  if (glob === '') return text === '';
  if (glob[0] === '*') {
    return Array.from({ length: text.length + 1 }).some((_, skipped) => matches(glob.slice(1), text.slice(skipped)));
  }
  return text !== '' && (glob[0] === '?' || glob[0] === text[0]) && matches(glob.slice(1), text.slice(1));
}

/** All texts of an alphabet up to a length. */
function texts(alphabet: readonly string[], longest: number): string[] {
  const all = [''];
  for (let start = 0, length = 0; length < longest; length++) {
    const end = all.length;
    for (; start < end; start++) alphabet.forEach((letter) => all.push(all[start] + letter));
  }
  return all;
}

test.each([
  ['*', 'client/*', true],
  ['client/*', '*', false],
  ['client/?*', 'client/*', false],
  ['client/*', 'client/?*', true],
  ['a?*c', 'a*bc', true],
  ['*a*', 'bab', true],
  ['a*a', 'a', false],
  ['a*?b', 'a?*b', true],
  ['thing/*', 'thing/MyThing*', true],
  ['thing/MyThing*', 'thing/*', false],
  ['*${iot:ClientId}', 'client/${iot:ClientId}', true],
  ['client/?', 'client/${iot:ClientId}', false],
  ['client/${iot:ClientId}', 'client/*', false],
  ['client/${iot:clientid}', 'client/${iot:ClientId}', true],
  ['${*}', '*', false],
  ['*', '${*}', true],
  ['a+', 'a#', false],
])('%s includes %s: %s', (outer, inner, expected) => {
  expect(holds(outer, inner)).toBe(expected);
});

test('agrees with the oracle on all pairs of patterns of up to four characters', () => {
  // x is the letter that no pattern spells out.
  const words = texts(['a', 'b', 'x'], 7);
  const patterns = texts(['a', 'b', '?', '*'], 4);
  const matched = patterns.map((glob) => Uint8Array.from(words, (word) => matches(glob, word) ? 1 : 0));
  const compiled = patterns.map(pattern);
  const wrong: string[] = [];
  for (let i = 0; i < patterns.length; i++) {
    for (let j = 0; j < patterns.length; j++) {
      let expected = true;
      for (let word = 0; expected && word < words.length; word++) expected = matched[j][word] <= matched[i][word];
      if (includes(compiled[i], compiled[j]) !== expected) {
        wrong.push(`${patterns[i]} includes ${patterns[j]} should be ${expected}`);
      }
    }
  }
  expect(patterns.length ** 2).toBe(116281);
  expect(wrong).toEqual([]);
});

test('agrees with the oracle on random longer patterns', () => {
  const random = new SeededRandom(6);
  const glob = () => Array.from({ length: 1 + random.below(7) }, () => random.pick(['a', 'b', '?', '*', 'a'])).join('');
  const wrong: string[] = [];
  let included = 0;
  for (let round = 0; round < 4_000; round++) {
    const inner = glob();
    const outer = random.chance(0.5) ? glob() : weakened(inner, random);
    const expected = instances(inner, outer.length + 2).every((text) => matches(outer, text));
    if (expected) included++;
    if (holds(outer, inner) !== expected) wrong.push(`${outer} includes ${inner} should be ${expected}`);
  }
  expect(wrong).toEqual([]);
  expect(included).toBeGreaterThan(1_000);
});

/**
 * Texts of a pattern whose gaps are filled with letters that no pattern spells out, in all lengths that make a
 * difference.
 */
function instances(glob: string, longest: number): string[] {
  let all = [''];
  const stars = glob.split('*').length - 1;
  const most = stars > 2 ? 3 : longest;
  for (const character of glob) {
    all = character === '*'
      ? all.flatMap((text) =>
        [...Array.from({ length: most + 1 }, (_, length) => text + 'x'.repeat(length)), text + 'x'.repeat(longest)])
      : all.map((text) => text + (character === '?' ? 'x' : character));
  }
  return all;
}

/** A pattern that may well match more. */
function weakened(glob: string, random: SeededRandom): string {
  return [...glob].map((character) => random.chance(0.3) ? random.pick(['*', '?', '**', '*?']) : character).join('');
}

test('is a partial order', () => {
  const random = new SeededRandom(7);
  const glob = () =>
    pattern(Array.from({ length: random.below(9) }, () => random.pick(['a', 'b', '?', '*', '*', '${v}'])).join(''));
  for (let round = 0; round < 3_000; round++) {
    const [a, b, c] = [glob(), glob(), glob()];
    expect(includes(a, a)).toBe(true);
    if (includes(a, b) && includes(b, c)) expect(includes(a, c)).toBe(true);
    if (includes(a, b) && includes(b, a)) expect(a).toEqual(b);
  }
});

test('an arbitrary text of a pattern is one that only wildcards and the pattern itself match', () => {
  const arbitrary = arbitraryTextOf(pattern('client/*'));
  expect(['*', 'client/*', 'client/????*', 'c*'].map((outer) => includes(pattern(outer), arbitrary)))
    .toEqual([true, true, true, true]);
  expect(['client/a*', 'client/????', 'client/', 'client/*a'].map((outer) => includes(pattern(outer), arbitrary)))
    .toEqual([false, false, false, false]);
});

test.each([
  ['stars and letters', 'a*'.repeat(1_000), 'a'.repeat(2_000), true],
  ['a near miss at every place', `*${'a'.repeat(999)}b*`, `${'a'.repeat(2_000)}*`, false],
  ['gaps against gaps', 'a*b*'.repeat(1_000), 'b*a*'.repeat(1_000), false],
])('needs no turning back: %s', (_, outer, inner, expected) => {
  expect(includes(pattern(outer), pattern(inner))).toBe(expected);
});
