import { EventPattern, matches, requireKnownOperators } from '../../messaging/event-pattern';

const EVENT = {
  source: 'cdk-iot-fleet-audit',
  resources: ['arn:one', 'arn:two'],
  detail: {
    status: 'COMPLETED', name: 'Daily Audit', count: 3, ratio: 0.5, isNew: true, nothing: null, empty: '',
    checks: ['LOGGING_DISABLED_CHECK', 'CA_CERTIFICATE_EXPIRING_CHECK'], none: [],
    results: [{ check: 'A', count: 0 }, { check: 'B', count: 2 }],
  },
};

const detail = (pattern: object): EventPattern => ({ detail: pattern });

test.each<[string, EventPattern, boolean]>([
  ['nothing wanted', {}, true],
  ['a value', { source: ['cdk-iot-fleet-audit'] }, true],
  ['another value', { source: ['aws.iot'] }, false],
  ['one of several values', { source: ['aws.iot', 'cdk-iot-fleet-audit'] }, true],
  ['a part of a value', { source: ['cdk'] }, false],
  ['a member that is missing', { account: ['123456789012'] }, false],
  ['two members, both right', detail({ status: ['COMPLETED'], count: [3] }), true],
  ['two members, one of them wrong', detail({ status: ['COMPLETED'], count: [4] }), false],
  ['a number as text', detail({ count: ['3'] }), false],
  ['a boolean', detail({ isNew: [true] }), true],
  ['null', detail({ nothing: [null] }), true],
  ['null for a missing member', detail({ missing: [null] }), false],
  ['an empty text', detail({ empty: [''] }), true],
  ['one element of an array', { resources: ['arn:two'] }, true],
  ['no element of an array', { resources: ['arn:three'] }, false],
  ['an element that two lists have', detail({ checks: ['OTHER_CHECK', 'LOGGING_DISABLED_CHECK'] }), true],
  ['an object in an array', detail({ results: { check: ['B'], count: [2] } }), true],
  ['what only two objects of an array have together', detail({ results: { check: ['A'], count: [2] } }), false],
  ['a value for an object', { detail: ['COMPLETED'] }, false],
  ['a prefix', detail({ name: [{ prefix: 'Daily' }] }), true],
  ['another prefix', detail({ name: [{ prefix: 'daily' }] }), false],
  ['a prefix in any case', detail({ name: [{ prefix: { 'equals-ignore-case': 'daily' } }] }), true],
  ['a prefix of an element', { resources: [{ prefix: 'arn:t' }] }, true],
  ['a prefix of a number', detail({ count: [{ prefix: '3' }] }), false],
  ['a suffix', detail({ name: [{ suffix: 'Audit' }] }), true],
  ['another suffix', detail({ name: [{ suffix: 'audit' }] }), false],
  ['a suffix in any case', detail({ name: [{ suffix: { 'equals-ignore-case': 'audit' } }] }), true],
  ['a text in any case', detail({ status: [{ 'equals-ignore-case': 'completed' }] }), true],
  ['another text in any case', detail({ status: [{ 'equals-ignore-case': 'complete' }] }), false],
  ['a wildcard', detail({ name: [{ wildcard: 'D*y *t' }] }), true],
  ['a wildcard that lacks the end', detail({ name: [{ wildcard: 'Daily*A' }] }), false],
  ['a dot in a wildcard', detail({ name: [{ wildcard: 'Daily.Audit' }] }), false],
  ['anything but another value', detail({ status: [{ 'anything-but': 'FAILED' }] }), true],
  ['anything but the value', detail({ status: [{ 'anything-but': 'COMPLETED' }] }), false],
  ['anything but values', detail({ status: [{ 'anything-but': ['FAILED', 'COMPLETED'] }] }), false],
  ['anything but a number', detail({ count: [{ 'anything-but': [3] }] }), false],
  ['anything but another prefix', detail({ status: [{ 'anything-but': { prefix: 'CAN' } }] }), true],
  ['anything but the prefix', detail({ status: [{ 'anything-but': { prefix: 'COMP' } }] }), false],
  ['anything but prefixes', detail({ status: [{ 'anything-but': { prefix: ['FAI', 'COMP'] } }] }), false],
  ['anything but a suffix', detail({ status: [{ 'anything-but': { suffix: 'ED' } }] }), false],
  ['anything but a text in any case', detail({ status: [{ 'anything-but': { 'equals-ignore-case': 'completed' } }] }), false],
  ['anything but a wildcard', detail({ status: [{ 'anything-but': { wildcard: '*PLE*' } }] }), false],
  ['anything, of a missing member', detail({ missing: [{ 'anything-but': 'x' }] }), false],
  ['a number equal to', detail({ count: [{ numeric: ['=', 3] }] }), true],
  ['a number greater than', detail({ count: [{ numeric: ['>', 3] }] }), false],
  ['a number from', detail({ count: [{ numeric: ['>=', 3] }] }), true],
  ['a number less than', detail({ ratio: [{ numeric: ['<', 1] }] }), true],
  ['a number up to', detail({ ratio: [{ numeric: ['<=', 0.4] }] }), false],
  ['a number in a range', detail({ count: [{ numeric: ['>', 0, '<=', 3] }] }), true],
  ['a number out of a range', detail({ count: [{ numeric: ['>', 0, '<', 3] }] }), false],
  ['text as a number', detail({ status: [{ numeric: ['>', 0] }] }), false],
  ['a member that exists', detail({ status: [{ exists: true }] }), true],
  ['a member that exists without a value', detail({ nothing: [{ exists: true }] }), true],
  ['a member that does not exist', detail({ missing: [{ exists: true }] }), false],
  ['the absence of a member', detail({ missing: [{ exists: false }] }), true],
  ['the absence of a member that exists', detail({ status: [{ exists: false }] }), false],
  ['the absence of a member of a missing one', { missing: { member: [{ exists: false }] } }, true],
  ['the absence, or a value', detail({ status: [{ exists: false }, 'COMPLETED'] }), true],
  ['an empty array, which has no leaf', detail({ none: [{ exists: true }] }), false],
  ['an object, which is no leaf', { detail: [{ exists: true }] }, false],
  ['one of two patterns', { $or: [{ source: ['aws.iot'] }, detail({ count: [3] })] }, true],
  ['neither of two patterns', { $or: [{ source: ['aws.iot'] }, detail({ count: [4] })] }, false],
  ['one of two patterns, but not what is beside them', {
    $or: [{ source: ['cdk-iot-fleet-audit'] }, { source: ['x'] }], resources: ['arn:three'],
  }, false],
  ['one of two patterns within', detail({ $or: [{ count: [4] }, { status: ['COMPLETED'] }] }), true],
])('%s', (_what, pattern, expected) => {
  requireKnownOperators(pattern);

  expect(matches(pattern, EVENT)).toBe(expected);
});

test.each<[unknown, string]>([
  [detail({ ip: [{ cidr: '10.0.0.0/8' }] }), 'The rehearsal does not know the operator cidr of event patterns, at "detail.ip"'],
  [{ $or: [{ a: [{ odd: 1 }] }] }, 'The rehearsal does not know the operator odd of event patterns, at "$or.a"'],
  [detail({ status: 'COMPLETED' }), 'Event pattern is not valid. Reason: "detail.status" must be an object or an array'],
  [{ a: [['b']] }, 'Event pattern is not valid. Reason: "a" has an array within an array'],
  [{ a: [{ prefix: 'b', suffix: 'c' }] }, 'Event pattern is not valid. Reason: "a" needs one operator at a time, not 2'],
])('%j is refused', (pattern, message) => {
  expect(() => requireKnownOperators(pattern)).toThrow(new Error(message));
});
