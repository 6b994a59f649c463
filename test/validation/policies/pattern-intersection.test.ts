import { pattern } from '../../../src/validation/policies/pattern';
import { includes } from '../../../src/validation/policies/pattern-inclusion';
import { intersects, selects } from '../../../src/validation/policies/pattern-intersection';
import { SeededRandom } from '../../support/random';

test.each([
  ['a*', '*b', true],
  ['a*', 'b*', false],
  ['a?', 'a*', true],
  ['a?', 'a', false],
  ['building/*/control_room', 'building/camera/*', true],
  ['topic/${iot:ClientId}', 'topic/*', true],
  ['topic/${iot:ClientId}', 'topic/a', false],
])('%s and %s have a text in common: %s', (one, other, expected) => {
  expect(intersects(pattern(one), pattern(other))).toBe(expected);
  expect(intersects(pattern(other), pattern(one))).toBe(expected);
});

test.each([
  ['building/#', 'building/control_room/*', true],
  ['building/+', 'building/control_room/data', false],
  ['building/+/data', 'building/control_room/data', true],
  ['+/+', 'a/b/c', false],
  ['#', 'a/*', true],
  ['building/+', 'building/*', true],
])('the filter %s selects a topic of %s: %s', (filter, topics, expected) => {
  expect(selects(pattern(filter), pattern(topics))).toBe(expected);
});

test('agrees with all texts of a small alphabet', () => {
  const texts = [''];
  for (let index = 0; texts[index].length < 6; index++) {
    texts.push(`${texts[index]}a`, `${texts[index]}b`,
      `${texts[index]}x`);
  }
  const random = new SeededRandom(8);
  const glob = () => Array.from({ length: random.below(4) }, () => random.pick(['a', 'b', '?', '*'])).join('');
  const words = texts.map(pattern);
  for (let round = 0; round < 400; round++) {
    const [one, other] = [pattern(glob()), pattern(glob())];
    const expected = words.some((word) => includes(one, word) && includes(other, word));
    expect({ one, other, result: intersects(one, other) }).toEqual({ one, other, result: expected });
  }
});
