import { joined, mapped } from '../../src/validation/lists';

const LISTS: readonly (readonly unknown[])[][] = [
  [], [[]], [[], []], [[1]], [['a', undefined], [], [null, 'b', 0]], [[[1], [2, 3]], [{}]],
];

test.each(LISTS)('what map() and flatMap() make of %j', (...lists) => {
  const pair = (list: readonly unknown[], index: number) => [index, ...list];

  expect(mapped(lists, pair)).toEqual(lists.map(pair));
  expect(joined(lists, pair)).toEqual(lists.flatMap(pair));
  expect(joined(lists, (list) => list)).toEqual(lists.flat());
});

test('each item is asked once, in order, and the lists stay as they were', () => {
  const given = Object.freeze([Object.freeze(['a']), Object.freeze(['b', 'c'])]);
  const asked: unknown[] = [];
  const note = (list: readonly string[], index: number) => (asked.push([list, index]), list);

  mapped(given, note);
  joined(given, note);

  expect(asked).toEqual([[['a'], 0], [['b', 'c'], 1], [['a'], 0], [['b', 'c'], 1]]);
});
