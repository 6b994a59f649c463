import { PolicyStatement, RequiredPermission, concerns, grantsFor } from '../../iam/policy-document';

const SCHEDULE = 'arn:aws:iot:eu-west-1:123456789012:scheduledaudit/daily';
const REQUIRED: RequiredPermission = { action: 'iot:UpdateScheduledAudit', resource: SCHEDULE };
const PASSING: RequiredPermission = {
  action: 'iam:PassRole', resource: 'arn:aws:iam::123456789012:role/Audit',
  context: { 'iam:PassedToService': 'iot.amazonaws.com' },
};

function allow(rest: Partial<PolicyStatement>): PolicyStatement {
  return { Effect: 'Allow', Action: 'iot:UpdateScheduledAudit', Resource: '*', ...rest };
}

test.each<[string, boolean, Partial<PolicyStatement>]>([
  ['any resource', true, {}],
  ['the resource itself', true, { Resource: [SCHEDULE] }],
  ['resources of a kind', true, { Resource: 'arn:aws:iot:eu-west-1:123456789012:scheduledaudit/*' }],
  ['one character', true, { Resource: 'arn:aws:iot:eu-west-?:123456789012:scheduledaudit/daily' }],
  ['another resource', false, { Resource: `${SCHEDULE}2` }],
  ['a resource that looks like a pattern', false, { Resource: SCHEDULE.replace(':iot:', '.iot.') }],
  ['resources of another Region', false, { Resource: SCHEDULE.replace('eu-west-1', 'eu-west-2') }],
  ['actions by a pattern, in any case', true, { Action: ['iot:Describe*', 'IOT:update*'] }],
  ['another action', false, { Action: 'iot:UpdateScheduledAudits' }],
  ['all actions but others', true, { Action: undefined, NotAction: 'iot:Delete*' }],
  ['all actions but this', false, { Action: undefined, NotAction: 'iot:Update*' }],
  ['all resources but others', true, { Resource: undefined, NotResource: `${SCHEDULE}2` }],
  ['all resources but this', false, { Resource: undefined, NotResource: SCHEDULE }],
  [
    'a condition about what the call does not say', false,
    { Condition: { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } } },
  ],
])('a statement about %s: %s', (_what, expected, statement) => {
  expect(concerns(allow(statement), REQUIRED)).toBe(expected);
});

test.each<[string, PolicyStatement['Condition'], boolean]>([
  ['the service', { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } }, true],
  [
    'one of some services', { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'iot.amazonaws.com'] } },
    true,
  ],
  ['services like it', { StringLike: { 'iam:PassedToService': 'iot*' } }, true],
  ['another service', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, false],
  ['no pattern', { StringEquals: { 'iam:PassedToService': 'iot*' } }, false],
])('a role may be passed under a condition on %s', (_what, Condition, expected) => {
  expect(concerns({ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*', Condition }, PASSING)).toBe(expected);
});

test('an operator that is not known is not guessed', () => {
  const statement = allow({ Condition: { NumericLessThan: { 'some:Key': '1' } } });

  expect(() => concerns(statement, REQUIRED)).toThrow(
    'The rehearsal does not know the condition operator NumericLessThan',
  );
});

test('of a statement, only the actions and resources that were needed count as such', () => {
  const statement = allow({
    Action: ['iot:UpdateScheduledAudit', 'iot:DeleteScheduledAudit'], Resource: [SCHEDULE, `${SCHEDULE}2`],
  });

  expect(grantsFor(statement, REQUIRED)).toEqual([{ action: 'iot:UpdateScheduledAudit', resource: SCHEDULE }]);
});
