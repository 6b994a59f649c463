import { CREATE_ONLY, changedProperties, createOnlyOf, needsReplacement } from '../cloudformation/replacement';

test.each(Object.keys(CREATE_ONLY))('the create-only properties of %s are those of the resource specification', (type) => {
  expect(CREATE_ONLY[type]).toEqual(createOnlyOf(type));
});

test('the specification answers for every other type', () => {
  expect(needsReplacement('AWS::SQS::Queue', ['QueueName'])).toBe(true);
  expect(needsReplacement('AWS::SQS::Queue', ['DelaySeconds'])).toBe(false);
  expect(needsReplacement('Company::Unknown::Type', ['Name'])).toBe(false);
});

test('a property has changed when it was added, removed or differs inside', () => {
  expect(changedProperties({ same: [1], gone: 1, deep: { a: [1] } }, { same: [1], deep: { a: [2] }, added: 1 })).toEqual(['gone', 'deep', 'added']);
});
