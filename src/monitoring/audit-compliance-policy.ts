import { Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AuditCheck } from '../checks/audit-check';
import { availabilityCondition, checksAvailableIn } from '../checks/check-availability';
import { validateChecks } from '../checks/validate-checks';
import { invalidInput } from '../private/invalid-input';

/**
 * Options that a rule for one account and a rule for an organization share.
 */
export interface AuditComplianceOptions {
  /**
   * The checks that must be enabled. Further checks may be.
   *
   * @default - every check that the stack's region has
   */
  readonly checks?: AuditCheck[];

  /**
   * True if the audit must also notify a topic. Without notifications nothing follows an audit: no event, no notice, no
   * archive.
   *
   * @default false
   */
  readonly notificationsRequired?: boolean;

  /**
   * The description of the rule in AWS Config: 256 characters at most.
   *
   * @default - a sentence that says what the rule finds
   */
  readonly description?: string;
}

/** The resource that the policy judges: one for an account and region. */
export const RESOURCE_TYPE = 'AWS::IoT::AccountAuditConfiguration';

export const DESCRIPTION = 'AWS IoT Device Defender Audit is configured, with all of the checks that are required';

/** AWS Config takes no longer text. */
const LONGEST_POLICY = 10_000;

const LONGEST_DESCRIPTION = 256;

/** The names that CloudFormation gives to properties. Anything else could be more of a policy than a name. */
const PROPERTY_NAME = /^[A-Za-z0-9]+$/;

/**
 * The policy in the language of AWS CloudFormation Guard, which AWS Config applies to the configuration item of an
 * account's audit configuration.
 *
 * It keeps to whole paths and comparisons, which Guard 2 and 3 understand in the same way: what is missing fails. A
 * block or a filter that meets nothing would be skipped instead.
 *
 * @throws if the checks do not fit together or to the region; if the text or the description is too long
 */
export function renderPolicy(scope: Construct, options: AuditComplianceOptions): string {
  const { checks, description, notificationsRequired } = options;
  const stack = Stack.of(scope);
  validateDescription(scope, description);
  if (checks) {
    validateChecks(scope, 'checks', checks);
  }
  const text = [
    `rule device_defender_audit when resourceType == "${RESOURCE_TYPE}" {\n`,
    '  configuration.RoleArn == /^arn:/ <<The audit is not configured: it has no role>>\n',
    ...notificationsRequired
      ? ['  configuration.AuditNotificationTargetConfigurations.Sns.Enabled == true <<Nobody is notified of audits>>\n']
      : [],
    ...(checks ?? checksAvailableIn(stack)).map((check) => whereAvailable(stack, check, renderClause(scope, check))),
    '}\n',
  ].join('');
  if (!Token.isUnresolved(text) && text.length > LONGEST_POLICY) {
    throw invalidInput(scope, {
      property: 'checks',
      rule: `must lead to a policy of ${LONGEST_POLICY} characters at most`,
      given: `${text.length} for ${checks?.length} checks`,
      fix: 'divide the checks between several rules',
    });
  }
  return text;
}

function validateDescription(scope: Construct, description = ''): void {
  if (!Token.isUnresolved(description) && description.length > LONGEST_DESCRIPTION) {
    throw invalidInput(scope, {
      property: 'description',
      rule: `must have ${LONGEST_DESCRIPTION} characters at most`,
      given: `${description.length}`,
      fix: 'shorten it',
    });
  }
}

function renderClause(scope: Construct, { checkName, propertyName }: AuditCheck): string {
  if (!Token.isUnresolved(propertyName) && !PROPERTY_NAME.test(propertyName)) {
    throw invalidInput(scope, {
      property: 'checks',
      rule: 'must hold checks whose propertyName is of letters and digits',
      given: `'${propertyName}' for ${checkName}`,
      fix: 'give AuditCheck.of() the name that CloudFormation documents for the check',
    });
  }
  return `  configuration.AuditCheckConfigurations.${propertyName}.Enabled == true <<${propertyName} is off>>\n`;
}

/** Nothing in a region that does not have the check, if only the deployment knows the region. */
function whereAvailable(stack: Stack, check: AuditCheck, clause: string): string {
  const condition = availabilityCondition(stack, check);
  return condition ? Fn.conditionIf(condition.logicalId, clause, '').toString() : clause;
}
