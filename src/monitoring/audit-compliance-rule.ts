import { Token } from 'aws-cdk-lib';
import type { CfnOrganizationConfigRule, IRule } from 'aws-cdk-lib/aws-config';
import { Construct } from 'constructs';
import { AuditComplianceOptions, DESCRIPTION, renderPolicy, RESOURCE_TYPE } from './audit-compliance-policy';
import { invalidInput } from '../private/invalid-input';

/**
 * Properties of `AuditComplianceRule`.
 */
export interface AuditComplianceRuleProps extends AuditComplianceOptions {
  /**
   * The name of the rule.
   *
   * @default - CloudFormation's
   */
  readonly configRuleName?: string;
}

/**
 * Properties of `OrganizationAuditComplianceRule`.
 */
export interface OrganizationAuditComplianceRuleProps extends AuditComplianceOptions {
  /**
   * The name of the rule in all accounts: 1 to 64 letters, digits, hyphens and underscores.
   *
   * @default 'iot-device-defender-audit'
   */
  readonly organizationConfigRuleName?: string;

  /**
   * The accounts without the rule, for example those without AWS Config: 1,000 ids of 12 digits at most.
   *
   * @default - none, so that the deployment fails if an account cannot have the rule
   */
  readonly excludedAccounts?: string[];
}

const ORGANIZATION_RULE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

const MOST_EXCLUDED_ACCOUNTS = 1000;

const ACCOUNT_ID = /^\d{12}$/;

/**
 * A rule of AWS Config that finds an account whose audit is off, or lacks checks. It takes no function: AWS Config
 * carries out a policy in the language of AWS CloudFormation Guard when the audit's configuration changes.
 *
 * AWS Config must be recording `AWS::IoT::AccountAuditConfiguration` in the account and region. An account that was
 * never configured has nothing to record, so that the rule has no result there.
 *
 * @example
 *
 * new AuditComplianceRule(this, 'AuditCompliance', {
 *   checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED],
 *   notificationsRequired: true,
 * });
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_cfn-guard.html
 */
export class AuditComplianceRule extends Construct {
  /**
   * The rule, for example to act `onComplianceChange()`.
   */
  public readonly rule: IRule;

  /**
   * The policy that AWS Config carries out.
   */
  public readonly policyText: string;

  /**
   * @throws if a list is empty or holds a check twice; if the stack's known region does not have a check; if the policy
   * is longer than 10,000 characters; if the description is longer than 256
   */
  constructor(scope: Construct, id: string, props: AuditComplianceRuleProps = {}) {
    super(scope, id);
    const { configRuleName, description = DESCRIPTION } = props;
    const { CustomPolicy, ResourceType, RuleScope } = loaded();
    this.policyText = renderPolicy(this, props);
    this.rule = new CustomPolicy(this, 'Rule', {
      configRuleName,
      description,
      policyText: this.policyText,
      ruleScope: RuleScope.fromResource(ResourceType.of(RESOURCE_TYPE)),
    });
  }
}

/**
 * The same rule as `AuditComplianceRule` in every account of the organization, in the stack's region. Accounts that
 * join the organization get it, too.
 *
 * The stack belongs to the management account of the organization, or to the account that administers AWS Config for
 * it. Each account needs AWS Config, which must be recording `AWS::IoT::AccountAuditConfiguration`.
 *
 * @example
 *
 * new OrganizationAuditComplianceRule(this, 'AuditCompliance', { excludedAccounts: ['111122223333'] });
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html
 */
export class OrganizationAuditComplianceRule extends Construct {
  /**
   * The name of the rule in all accounts.
   */
  public readonly organizationConfigRuleName: string;

  /**
   * The policy that AWS Config carries out.
   */
  public readonly policyText: string;

  /**
   * @throws if the name or the id of an excluded account is not of its form; if there are more than 1,000 of these; as
   * `AuditComplianceRule` does
   */
  constructor(scope: Construct, id: string, props: OrganizationAuditComplianceRuleProps = {}) {
    super(scope, id);
    const {
      description = DESCRIPTION, excludedAccounts, organizationConfigRuleName = 'iot-device-defender-audit',
    } = props;
    this.organizationConfigRuleName = organizationConfigRuleName;
    this.validateName();
    this.validateExcludedAccounts(excludedAccounts);
    this.policyText = renderPolicy(this, props);
    const metadata: CfnOrganizationConfigRule.OrganizationCustomPolicyRuleMetadataProperty = {
      description,
      organizationConfigRuleTriggerTypes: [
        'ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification',
      ],
      policyText: this.policyText,
      resourceTypesScope: [RESOURCE_TYPE],
      runtime: 'guard-2.x.x',
    };
    const { CfnOrganizationConfigRule: OrganizationConfigRule } = loaded();
    new OrganizationConfigRule(this, 'Resource', {
      organizationConfigRuleName, excludedAccounts, organizationCustomPolicyRuleMetadata: metadata,
    });
  }

  private validateName(): void {
    const { organizationConfigRuleName: name } = this;
    if (!Token.isUnresolved(name) && !ORGANIZATION_RULE_NAME.test(name)) {
      throw invalidInput(this, {
        property: 'organizationConfigRuleName',
        rule: 'must be 1 to 64 letters, digits, \'-\' and \'_\'',
        given: `'${name}'`,
        fix: 'choose a name like \'iot-device-defender-audit\'',
      });
    }
  }

  private validateExcludedAccounts(accounts: string[] = []): void {
    if (Token.isUnresolved(accounts)) {
      return;
    }
    if (accounts.length > MOST_EXCLUDED_ACCOUNTS) {
      throw invalidInput(this, {
        property: 'excludedAccounts',
        rule: `must hold ${MOST_EXCLUDED_ACCOUNTS} accounts at most`,
        given: `${accounts.length}`,
        fix: 'use AuditComplianceRule in the accounts that shall have the rule, for example through a StackSet',
      });
    }
    const wrong = accounts.find((account) => !Token.isUnresolved(account) && !ACCOUNT_ID.test(account));
    if (wrong !== undefined) {
      throw invalidInput(this, {
        property: 'excludedAccounts',
        rule: 'must hold ids of accounts, of 12 digits each',
        given: `'${wrong}'`,
        fix: 'give the id as AWS shows it, without hyphens',
      });
    }
  }
}

/** AWS Config's module. Users without such a rule do not load it: that takes a tenth of what the library takes. */
function loaded(): typeof import('aws-cdk-lib/aws-config') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- imports are loaded by every user of the library
  return require('aws-cdk-lib/aws-config');
}
