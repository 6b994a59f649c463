import { nameOf } from './event-lines';
import { stateOf } from '../cloudformation/account-state';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

/** What is there when no stack is any more. */
export async function remainingLines(account: RehearsedAccount): Promise<string[]> {
  const { roleArn, checks, scheduledAudits, mitigationActions, logging } = await stateOf(account);
  return [
    'What stays',
    ...account.left.map((resource) => `  ${resource.why.padEnd(12)} ${nameOf(resource).padEnd(48)} ${resource.type} ${resource.physicalId}`),
    roleArn ? `  the account's audit configuration, with ${Object.keys(checks).length} checks enabled` : '  no audit configuration',
    `  scheduled audits: ${listOf(scheduledAudits)}`,
    `  mitigation actions: ${listOf(mitigationActions)}`,
    `  logging of AWS IoT: ${logging === undefined ? 'not configured' : logging.disableAllLogs ? 'disabled' : `level ${logging.defaultLogLevel}`}`,
  ];
}

function listOf(byName: Readonly<Record<string, unknown>>): string {
  return Object.keys(byName).join(', ') || 'none';
}
