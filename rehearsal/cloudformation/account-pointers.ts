import type { RehearsedAccount } from './rehearsed-account';

/** A role or a topic that an account uses. */
export interface AccountPointer {
  readonly what: 'audit role' | 'notification topic' | 'notification role' | 'logging role' | 'role of a mitigation action';
  readonly arn: string;
}

/** What an account points at; a target that is switched off and a role for logging that is off count for nothing. */
export function pointersOf({ deviceDefender }: RehearsedAccount): AccountPointer[] {
  const { roleArn, auditNotificationTargetConfigurations } = deviceDefender.ask('DescribeAccountAuditConfiguration', {});
  const target = auditNotificationTargetConfigurations?.SNS;
  const { logging } = deviceDefender.fleet;
  const { actionIdentifiers = [] } = deviceDefender.ask('ListMitigationActions', {});
  const actionRoles = actionIdentifiers.map(({ actionName }) => deviceDefender.ask('DescribeMitigationAction', { actionName }).roleArn);
  const pointers: (Omit<AccountPointer, 'arn'> & { readonly arn: string | undefined })[] = [
    { what: 'audit role', arn: roleArn },
    { what: 'notification topic', arn: target?.enabled ? target.targetArn : undefined },
    { what: 'notification role', arn: target?.enabled ? target.roleArn : undefined },
    { what: 'logging role', arn: logging?.disableAllLogs ? undefined : logging?.roleArn },
    ...actionRoles.map((arn) => ({ what: 'role of a mitigation action' as const, arn })),
  ];
  return pointers.filter((pointer): pointer is AccountPointer => pointer.arn !== undefined);
}

/** Of what an account points at, what a stack made that is deleted by now. */
export function danglingPointersOf(account: RehearsedAccount): AccountPointer[] {
  return pointersOf(account).filter(({ arn }) => account.isDeleted(arn));
}
