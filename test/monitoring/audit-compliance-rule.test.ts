import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AuditCheck, AuditComplianceRule, AuditResourceType, AuditSeverity, OrganizationAuditComplianceRule,
} from '../../src';
import { evaluate } from '../support/guard';
import { ENV, onlyResource } from '../support/templates';

const TYPE = 'AWS::IoT::AccountAuditConfiguration';

const TEXT = `rule device_defender_audit when resourceType == "AWS::IoT::AccountAuditConfiguration" {
  configuration.RoleArn == /^arn:/ <<The audit is not configured: it has no role>>
  configuration.AuditNotificationTargetConfigurations.Sns.Enabled == true <<Nobody is notified of audits>>
  configuration.AuditCheckConfigurations.LoggingDisabledCheck.Enabled == true <<LoggingDisabledCheck is off>>
}
`;

const OPTIONS = { checks: [AuditCheck.LOGGING_DISABLED], notificationsRequired: true };

/** A check with a name of 60 characters: the longest of AWS's has 58. */
function newCheck(number: number): AuditCheck {
  const propertyName = `CheckThatAwsAddsLater${String(number).padStart(39, '0')}`;
  return AuditCheck.of(`NEW_${number}`, {
    propertyName, severity: AuditSeverity.LOW, resourceType: AuditResourceType.IOT_POLICY,
  });
}

let stack: Stack;

beforeEach(() => {
  stack = new Stack(new App(), 'Stack', { env: ENV });
});

describe('AuditComplianceRule', () => {
  test('is one resource, which AWS Config evaluates when the configuration changes', () => {
    const { policyText } = new AuditComplianceRule(stack, 'Compliance', OPTIONS);

    expect(policyText).toBe(TEXT);
    expect(Template.fromStack(stack).toJSON().Resources).toEqual({
      ComplianceRuleE82C2B2B: {
        Type: 'AWS::Config::ConfigRule',
        Properties: {
          Description: 'AWS IoT Device Defender Audit is configured, with all of the checks that are required',
          Scope: { ComplianceResourceTypes: [TYPE] },
          Source: {
            Owner: 'CUSTOM_POLICY',
            CustomPolicyDetails: { PolicyRuntime: 'guard-2.x.x', PolicyText: TEXT },
            SourceDetails: [
              { EventSource: 'aws.config', MessageType: 'ConfigurationItemChangeNotification' },
              { EventSource: 'aws.config', MessageType: 'OversizedConfigurationItemChangeNotification' },
            ],
          },
        },
      },
    });
  });

  test('has the name and the description that it is given, and a rule to build on', () => {
    const compliance = new AuditComplianceRule(stack, 'Compliance', {
      configRuleName: 'audit', description: 'SEC-7', checks: [AuditCheck.LOGGING_DISABLED],
    });
    compliance.rule.onComplianceChange('Changed');

    expect(onlyResource(stack, 'AWS::Config::ConfigRule').Properties)
      .toMatchObject({ ConfigRuleName: 'audit', Description: 'SEC-7' });
    expect(onlyResource(stack, 'AWS::Events::Rule').Properties.EventPattern).toMatchObject({
      'detail': { configRuleName: [{ Ref: 'ComplianceRuleE82C2B2B' }] },
      'detail-type': ['Config Rules Compliance Change'],
    });
  });

  test.each<[partition: string, missing: number]>([['aws', 0], ['aws-us-gov', 6]])(
    'leaves out what a region of %s does not have, if only the deployment knows the region', (partition, missing) => {
      const agnostic = new Stack(new App(), 'Agnostic');
      new AuditComplianceRule(agnostic, 'Compliance');
      const { PolicyText } = onlyResource(agnostic, 'AWS::Config::ConfigRule').Properties.Source.CustomPolicyDetails;
      const isHere = (condition: string) => partition === 'aws' || !condition.includes('GovCloud');
      const pieces: (string | { 'Fn::If': [string, string, string] })[] = PolicyText['Fn::Join'][1];
      const text = pieces.map((piece) => typeof piece === 'string' ? piece
        : piece['Fn::If'][isHere(piece['Fn::If'][0]) ? 1 : 2]).join('');
      const clauses = text.split('\n').filter((line) => line.includes('AuditCheckConfigurations'));

      expect(clauses).toHaveLength(AuditCheck.all().length - missing);
      expect(evaluate(text, [{ resourceType: TYPE }])[0].status).toBe('FAIL');
    });

  test('has a short policy for every check that there is, and room for many more', () => {
    const { policyText } = new AuditComplianceRule(stack, 'Compliance');
    const many = [...AuditCheck.all(), ...Array.from({ length: 39 }, (_, number) => newCheck(number))];

    expect(policyText.length).toBe(2527);
    expect(new AuditComplianceRule(stack, 'Many', { checks: many }).policyText.length).toBe(9937);
    expect(() => new AuditComplianceRule(stack, 'TooMany', { checks: [...many, newCheck(39)] })).toThrow(new Error(
      'Stack/TooMany: \'checks\' must lead to a policy of 10000 characters at most, got 10127 for 57 checks; '
      + 'divide the checks between several rules'));
  });

  test.each<[string, AuditCheck[], string]>([
    ['no check', [], '\'checks\' must hold at least one check, got none; add a check, or leave the property out for the default'],
    ['a check twice', [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED],
      '\'checks\' must not hold a check twice, got LOGGING_DISABLED_CHECK more than once; keep one of each'],
    ['a name that would be more of a policy', [AuditCheck.of('EVIL', {
      propertyName: 'X.Enabled == true } rule other { configuration.Y', severity: AuditSeverity.LOW,
      resourceType: AuditResourceType.IOT_POLICY,
    })], '\'checks\' must hold checks whose propertyName is of letters and digits, got '
      + '\'X.Enabled == true } rule other { configuration.Y\' for EVIL; '
      + 'give AuditCheck.of() the name that CloudFormation documents for the check'],
  ])('refuses %s', (_what, checks, message) => {
    expect(() => new AuditComplianceRule(stack, 'Compliance', { checks })).toThrow(new Error(`Stack/Compliance: ${message}`));
  });

  test('refuses a check that the region does not have', () => {
    const other = new Stack(new App(), 'Other', { env: { region: 'us-gov-west-1' } });

    expect(() => new AuditComplianceRule(other, 'Compliance', { checks: [AuditCheck.CA_CERTIFICATE_KEY_QUALITY] }))
      .toThrow('\'checks\' must only hold checks that us-gov-west-1 has, got CA_CERTIFICATE_KEY_QUALITY_CHECK');
  });
});

describe('OrganizationAuditComplianceRule', () => {
  test('is one resource, with the same policy for all accounts', () => {
    const compliance = new OrganizationAuditComplianceRule(stack, 'Compliance', OPTIONS);

    expect(compliance.policyText).toBe(TEXT);
    expect(compliance.organizationConfigRuleName).toBe('iot-device-defender-audit');
    expect(Template.fromStack(stack).toJSON().Resources).toEqual({
      Compliance9ACA30CD: {
        Type: 'AWS::Config::OrganizationConfigRule',
        Properties: {
          OrganizationConfigRuleName: 'iot-device-defender-audit',
          OrganizationCustomPolicyRuleMetadata: {
            Description: 'AWS IoT Device Defender Audit is configured, with all of the checks that are required',
            OrganizationConfigRuleTriggerTypes: [
              'ConfigurationItemChangeNotification', 'OversizedConfigurationItemChangeNotification',
            ],
            PolicyText: TEXT,
            ResourceTypesScope: [TYPE],
            Runtime: 'guard-2.x.x',
          },
        },
      },
    });
  });

  test('has the name, the description and the excluded accounts that it is given', () => {
    new OrganizationAuditComplianceRule(stack, 'Compliance', {
      organizationConfigRuleName: 'audit_1', description: 'SEC-7', excludedAccounts: ['111122223333'],
    });

    expect(onlyResource(stack, 'AWS::Config::OrganizationConfigRule').Properties).toMatchObject({
      OrganizationConfigRuleName: 'audit_1',
      ExcludedAccounts: ['111122223333'],
      OrganizationCustomPolicyRuleMetadata: { Description: 'SEC-7' },
    });
  });

  test.each(['', 'a b', 'x'.repeat(65)])('refuses the name \'%s\'', (organizationConfigRuleName) => {
    expect(() => new OrganizationAuditComplianceRule(stack, 'Compliance', { organizationConfigRuleName }))
      .toThrow(new Error('Stack/Compliance: \'organizationConfigRuleName\' must be 1 to 64 letters, digits, \'-\' and '
        + `'_', got '${organizationConfigRuleName}'; choose a name like 'iot-device-defender-audit'`));
  });

  test('refuses more accounts than AWS Config can exclude', () => {
    const excludedAccounts = Array.from({ length: 1001 }, (_, number) => String(number).padStart(12, '0'));

    expect(() => new OrganizationAuditComplianceRule(stack, 'Compliance', { excludedAccounts })).toThrow(new Error(
      'Stack/Compliance: \'excludedAccounts\' must hold 1000 accounts at most, got 1001; use AuditComplianceRule in the '
      + 'accounts that shall have the rule, for example through a StackSet'));
  });

  test('refuses what is no account', () => {
    expect(() => new OrganizationAuditComplianceRule(stack, 'Compliance', { excludedAccounts: ['1111-2222-3333'] }))
      .toThrow(new Error('Stack/Compliance: \'excludedAccounts\' must hold ids of accounts, of 12 digits each, got '
        + '\'1111-2222-3333\'; give the id as AWS shows it, without hyphens'));
  });

  test('takes accounts, a name and a description that only the deployment knows', () => {
    const parameter = (id: string, type = 'String') => new CfnParameter(stack, id, { type });
    new OrganizationAuditComplianceRule(stack, 'Compliance', {
      excludedAccounts: parameter('Accounts', 'CommaDelimitedList').valueAsList,
      organizationConfigRuleName: parameter('Name').valueAsString,
      description: parameter('Description').valueAsString,
    });

    expect(onlyResource(stack, 'AWS::Config::OrganizationConfigRule').Properties).toMatchObject({
      ExcludedAccounts: { Ref: 'Accounts' }, OrganizationConfigRuleName: { Ref: 'Name' },
      OrganizationCustomPolicyRuleMetadata: { Description: { Ref: 'Description' } },
    });
  });
});

test.each([AuditComplianceRule, OrganizationAuditComplianceRule])('%p refuses a description that is too long', (Rule) => {
  expect(() => new Rule(stack, 'Compliance', { description: 'x'.repeat(257) })).toThrow(new Error(
    'Stack/Compliance: \'description\' must have 256 characters at most, got 257; shorten it'));
  expect(() => new Rule(stack, 'Longest', { description: 'x'.repeat(256) })).not.toThrow();
});
