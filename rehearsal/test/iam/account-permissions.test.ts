import { ManualClock } from '../../device-defender/clock';
import { AccountPermissions } from '../../iam/account-permissions';
import { unusedPermissions } from '../../iam/permission-usage';
import type { PolicyDocument } from '../../iam/policy-document';

const ROLE = 'arn:aws:iam::123456789012:role/path/Role';
const LIST = { action: 'iot:ListScheduledAudits', resource: '*' };
const DENIED =
  'User: arn:aws:sts::123456789012:assumed-role/Role/function is not authorized to perform: iot:ListScheduledAudits on resource: * '
  + 'because no identity-based policy allows the iot:ListScheduledAudits action';

function allowing(...actions: string[]): PolicyDocument {
  return { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}

function withRole(clock = new ManualClock()): AccountPermissions {
  const permissions = new AccountPermissions(clock);
  permissions.putRole('Role', ROLE);
  return permissions;
}

function reason(permissions: AccountPermissions, required = LIST): string | undefined {
  return permissions.reasonToDeny(ROLE, { sessionName: 'function', requestId: 'request' }, required);
}

test('a role may do what its policies allow at the moment, and is told so in AWS\'s words', () => {
  const permissions = withRole();
  const before = reason(permissions);
  permissions.putInline('Role', 'Policy', allowing('iot:List*'));
  const meanwhile = reason(permissions);
  permissions.deleteInline('Role', 'Policy');

  expect([before, meanwhile, reason(permissions)]).toEqual([DENIED, undefined, DENIED]);
  expect(permissions.denials).toEqual([
    { roleName: 'Role', requestId: 'request', ...LIST }, { roleName: 'Role', requestId: 'request', ...LIST },
  ]);
});

test('what is denied is denied, whatever else allows it', () => {
  const permissions = withRole();
  permissions.putInline('Role', 'Allowing', allowing('*'));
  permissions.putInline('Role', 'Denying', { Statement: { Effect: 'Deny', Action: 'iot:*', Resource: '*' } });

  expect(reason(permissions)).toContain(
    'ListScheduledAudits on resource: * with an explicit deny in an identity-based policy',
  );
});

test('a managed policy allows while it exists and is attached, by itself or by the role', () => {
  const permissions = withRole();
  const arn = 'arn:aws:iam::123456789012:policy/Managed';
  permissions.putManaged(arn, 'Managed', allowing('iot:List*'), []);
  const alone = reason(permissions);
  permissions.putRole('Role', ROLE, { attached: [arn] });
  const attached = reason(permissions);
  permissions.putRole('Role', ROLE);
  permissions.putManaged(arn, 'Managed', allowing('iot:List*'), ['Role']);
  const attaching = reason(permissions);
  permissions.deleteManaged(arn);

  expect([alone, attached, attaching, reason(permissions)]).toEqual([DENIED, undefined, undefined, DENIED]);
});

test('the policy that functions commonly have lets them write logs', () => {
  const permissions = withRole();
  permissions.putRole('Role', ROLE, { attached: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] });

  expect(reason(permissions, { action: 'logs:PutLogEvents', resource: 'any' })).toBeUndefined();
  expect(reason(permissions, { action: 'logs:GetLogEvents', resource: 'any' })).toContain('logs:GetLogEvents');
});

test('a permissions boundary of the stack limits what policies allow', () => {
  const permissions = withRole();
  permissions.putManaged('arn:boundary', 'Boundary', allowing('logs:*'), []);
  permissions.putRole('Role', ROLE, { boundary: 'arn:boundary' });
  permissions.putInline('Role', 'Policy', allowing('*'));

  expect(reason(permissions)).toContain('because no permissions boundary allows the iot:ListScheduledAudits action');
  expect(reason(permissions, { action: 'logs:PutLogEvents', resource: 'any' })).toBeUndefined();
});

test('a role of somebody else is not known, and one that was deleted may do nothing', () => {
  const permissions = new AccountPermissions(new ManualClock());
  const foreign = reason(permissions);
  permissions.putRole('Role', ROLE);
  permissions.putInline('Role', 'Policy', allowing('*'));
  permissions.deleteRole('Role');
  const deleted = [reason(permissions), permissions.isDeleted(ROLE)];
  permissions.putRole('Role', ROLE);

  expect(foreign).toBeUndefined();
  expect(deleted).toEqual([DENIED, true]);
  // Made again, it has none of the policies that it had.
  expect([reason(permissions), permissions.isDeleted(ROLE)]).toEqual([DENIED, false]);
});

test('with a delay, a permission holds later, and what was allowed before until then', () => {
  const clock = new ManualClock();
  const permissions = withRole(clock);
  permissions.putInline('Role', 'Policy', allowing('iot:List*'));
  permissions.delay = 120_000;
  permissions.putInline('Role', 'Policy', allowing('iot:Describe*'));
  const describe = { action: 'iot:DescribeAuditTask', resource: '*' };
  const early = [reason(permissions), reason(permissions, describe)];
  clock.advance(119_999);
  const almost = [reason(permissions), reason(permissions, describe)];
  clock.advance(1);

  const denied = expect.stringContaining('iot:DescribeAuditTask');
  expect([early, almost]).toEqual([[undefined, denied], [undefined, denied]]);
  expect([reason(permissions), reason(permissions, describe)]).toEqual([DENIED, undefined]);
});

test('a policy that is put again unchanged goes on holding', () => {
  const permissions = withRole();
  permissions.putInline('Role', 'Policy', allowing('iot:List*'));
  permissions.delay = 120_000;
  permissions.putInline('Role', 'Policy', allowing('iot:List*'));

  expect(reason(permissions)).toBeUndefined();
});

test('permissions that nobody needed are found, across accounts and names of roles', () => {
  const [one, other] = [withRole(), withRole()];
  for (const permissions of [one, other]) {
    permissions.putInline(
      'Role', 'Policy', allowing('iot:ListScheduledAudits', 'iot:DescribeAuditTask', 'iot:CancelAuditTask'),
    );
  }
  reason(one);
  reason(other, { action: 'iot:CancelAuditTask', resource: '*' });

  expect(unusedPermissions(one.usage.all)).toEqual(['Policy iot:CancelAuditTask', 'Policy iot:DescribeAuditTask']);
  expect(unusedPermissions([...one.usage.all, ...other.usage.all])).toEqual(['Policy iot:DescribeAuditTask']);
  expect(unusedPermissions(one.usage.all, ({ roleName }) => roleName)).toEqual([]);
});
