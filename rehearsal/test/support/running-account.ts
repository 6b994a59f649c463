import { OperationResult, RehearsalOptions, RehearsedAccount } from '../../cloudformation/rehearsed-account';
import type { StackEvent } from '../../cloudformation/rehearsed-stack';
import type { Template, TemplateResource } from '../../cloudformation/template';
import type { GrantedPermission } from '../../iam/permission-usage';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const accounts: RehearsedAccount[] = [];

/** What the roles of functions were permitted in the accounts that have ended, and whether it was needed. */
export const permissionsSoFar: GrantedPermission[] = [];

/** Starts an account that ends after the test. */
export async function startAccount(options: RehearsalOptions = {}): Promise<RehearsedAccount> {
  const account = await RehearsedAccount.start({ auditDuration: 5, ...options });
  accounts.push(account);
  return account;
}

export async function stopAccounts(): Promise<void> {
  await Promise.all(accounts.splice(0).map(async (account) => {
    permissionsSoFar.push(...account.permissions.usage.all);
    await account.stop();
  }));
}

export const STACK = 'Stack';

/** The stack of most tests, with the resources given. */
export function stackOf(Resources: Record<string, TemplateResource>, rest: Partial<Template> = {}) {
  return { stackName: STACK, template: { Resources, ...rest } };
}

/** A role: something that has a name, an ARN and a create-only property. */
export function role(description: unknown = 'a role', rest: Partial<TemplateResource> = {}): TemplateResource {
  return { Type: 'AWS::IAM::Role', Properties: { Description: description }, ...rest };
}

/** The ends of actions on resources, and the statuses of the stack: `CREATE_COMPLETE Role`. */
export function ended({ events }: Pick<OperationResult, 'events'>): string[] {
  return events.filter((event) => isStack(event) || !event.status.endsWith('IN_PROGRESS'))
    .map(({ status, logicalId }) => `${status} ${logicalId}`);
}

/** The reasons of failed resources, by logical id. */
export function reasons({ events }: Pick<OperationResult, 'events'>): Record<string, string | undefined> {
  return Object.fromEntries(events.filter((event) => !isStack(event) && event.status.endsWith('FAILED'))
    .map(({ logicalId, reason }) => [logicalId, reason]));
}

function isStack({ resourceType }: StackEvent): boolean {
  return resourceType === 'AWS::CloudFormation::Stack';
}

/** A function with code of its own, in the template itself. */
export function inlineFunction(code: string, properties: Record<string, unknown> = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 30, Code: { ZipFile: code },
      ...properties,
    },
  };
}

export function customResource(
  properties: Record<string, unknown> = {}, rest: Partial<TemplateResource> = {},
): TemplateResource {
  return {
    Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, ...properties },
    ...rest,
  };
}

/** Defines `answer(event, fields)`, with which a function answers. */
export const ANSWERING = `
const answer = (event, fields) => fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({
  Status: 'SUCCESS', PhysicalResourceId: event.PhysicalResourceId ?? 'the-thing',
  StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId, ...fields,
}) });
`;
