import { App, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import {
  AccountAuditConfiguration, AuditCheck, AuditResourceType, AuditSeverity, DeploymentAudit, DeploymentAuditRun,
  DeploymentGateOptions, KnownFindings, OnDemandAudit,
} from '../../src';
import { ENV, onlyResource, policiesOf } from '../support/templates';

const AUDIT = 'Custom::IotOnDemandAudit';
const KEY = AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY;
const CLIENT_IDS = AuditCheck.CONFLICTING_CLIENT_IDS;
const EXPIRING = AuditCheck.DEVICE_CERTIFICATE_EXPIRING;
const LOGGING = AuditCheck.LOGGING_DISABLED;
const CHECKS = [LOGGING, EXPIRING, CLIENT_IDS, KEY];

const STRICT = {
  AllowedPerCheck: '0', FailOnIncompleteCheck: 'true', AllowKnown: 'false', CountWithoutEarlierAudit: 'true',
};

describe('a deployment gate', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function audit(deploymentAudit: DeploymentAuditRun, checks?: AuditCheck[]): OnDemandAudit {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: CHECKS });
    return new OnDemandAudit(stack, 'Audit', { configuration, checks, deploymentAudit });
  }

  function gate(options?: DeploymentGateOptions, checks?: AuditCheck[]) {
    audit(DeploymentAudit.gate(options), checks);
    return onlyResource(stack, AUDIT).Properties;
  }

  function judgedBy(options: DeploymentGateOptions): string[] {
    return gate(options).Checks.filter(({ Judged }: { Judged?: string }) => Judged === 'true')
      .map(({ Name }: { Name: string }) => Name);
  }

  test('by default judges what is critical, and allows nothing', () => {
    expect(gate()).toEqual({
      ServiceToken: expect.anything(),
      ServiceTimeout: '3300',
      Configuration: { Ref: 'Configuration6A36F2CE' },
      Checks: [
        { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
        { Name: 'DEVICE_CERTIFICATE_EXPIRING_CHECK', Severity: 'MEDIUM', Threshold: '30' },
        { Name: 'CONFLICTING_CLIENT_IDS_CHECK', Severity: 'HIGH' },
        { Name: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', Severity: 'CRITICAL', Judged: 'true' },
      ],
      Mode: 'GATE',
      TimeoutSeconds: '1800',
      FailOnTimeout: 'true',
      Gate: STRICT,
    });
  });

  test('tells the function everything that it is given', () => {
    const properties = gate({
      failOn: AuditSeverity.MEDIUM,
      checks: [KEY, EXPIRING],
      reportOnly: [KEY],
      allowedPerCheck: 3,
      allowedInTotal: 5,
      knownFindings: KnownFindings.ignore({ failWithoutEarlierAudit: false }),
      failOnIncompleteCheck: false,
      failOnDisabledCheck: true,
      timeout: Duration.minutes(55),
      failOnTimeout: false,
      trigger: 'a commit',
    }, [KEY, EXPIRING, LOGGING]);

    expect(properties).toEqual({
      ServiceToken: expect.anything(),
      ServiceTimeout: '3600',
      Configuration: { Ref: 'Configuration6A36F2CE' },
      Checks: [
        { Name: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', Severity: 'CRITICAL' },
        { Name: 'DEVICE_CERTIFICATE_EXPIRING_CHECK', Severity: 'MEDIUM', Threshold: '30', Judged: 'true' },
        { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
      ],
      Mode: 'GATE',
      Trigger: 'a commit',
      TimeoutSeconds: '3300',
      FailOnTimeout: 'false',
      Gate: {
        AllowedPerCheck: '3', AllowedInAll: '5', FailOnIncompleteCheck: 'false', FailOnDisabledCheck: 'true',
        AllowKnown: 'true', CountWithoutEarlierAudit: 'false',
      },
    });
  });

  test.each<[string, DeploymentGateOptions, object]>([
    ['a number in all alone', { allowedInTotal: 5 }, { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '5' }],
    ['nothing in all', { allowedInTotal: 0 }, { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '0' }],
    ['a number per check', { allowedPerCheck: 3 }, { ...STRICT, AllowedPerCheck: '3' }],
    ['nothing per check, a number in all', { allowedPerCheck: 0, allowedInTotal: 2 }, { ...STRICT, AllowedInAll: '2' }],
    ['a very large number', { allowedPerCheck: 1_000_000 }, { ...STRICT, AllowedPerCheck: '1000000' }],
    ['known findings', { knownFindings: KnownFindings.ignore() }, { ...STRICT, AllowKnown: 'true' }],
    [
      'known findings, failing without an earlier audit',
      { knownFindings: KnownFindings.ignore({ failWithoutEarlierAudit: true }) }, { ...STRICT, AllowKnown: 'true' },
    ],
    ['no known findings', { knownFindings: KnownFindings.failDeployment() }, STRICT],
  ])('allows %s', (_what, options, expected) => {
    expect(gate(options).Gate).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test('allows a number that only the deployment knows', () => {
    const perCheck = new CfnParameter(stack, 'PerCheck', { type: 'Number' });
    const inAll = new CfnParameter(stack, 'InAll', { type: 'Number' });

    expect(gate({ allowedPerCheck: perCheck.valueAsNumber, allowedInTotal: inAll.valueAsNumber }).Gate)
      .toEqual({ ...STRICT, AllowedPerCheck: { Ref: 'PerCheck' }, AllowedInAll: { Ref: 'InAll' } });
  });

  test.each<[string, DeploymentGateOptions, AuditCheck[]]>([
    ['critical', { failOn: AuditSeverity.CRITICAL }, [KEY]],
    ['high', { failOn: AuditSeverity.HIGH }, [CLIENT_IDS, KEY]],
    ['medium', { failOn: AuditSeverity.MEDIUM }, [EXPIRING, CLIENT_IDS, KEY]],
    ['low', { failOn: AuditSeverity.LOW }, [LOGGING, EXPIRING, CLIENT_IDS, KEY]],
    ['low and named', { failOn: AuditSeverity.LOW, checks: [LOGGING, KEY] }, [LOGGING, KEY]],
    ['high and named', { failOn: AuditSeverity.HIGH, checks: [LOGGING, KEY] }, [KEY]],
    ['low, but some only report', { failOn: AuditSeverity.LOW, reportOnly: [KEY, CLIENT_IDS] }, [LOGGING, EXPIRING]],
  ])('judges what is %s', (_what, options, expected) => {
    expect(judgedBy(options)).toEqual(expected.map(({ checkName }) => checkName));
  });

  test('judges the checks of an imported configuration that nobody knows', () => {
    const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Configuration');
    new OnDemandAudit(stack, 'Audit', { configuration, deploymentAudit: DeploymentAudit.gate({ reportOnly: [KEY] }) });

    const { Checks, EnabledChecksOnly } = onlyResource(stack, AUDIT).Properties;
    const critical = AuditCheck.all()
      .filter(({ severity, checkName }) => severity === AuditSeverity.CRITICAL && checkName !== KEY.checkName);
    expect(
      Checks.filter(({ Judged }: { Judged?: string }) => Judged === 'true').map(({ Name }: { Name: string }) => Name),
    )
      .toEqual(critical.map(({ checkName }) => checkName));
    expect(EnabledChecksOnly).toBe('true');
  });

  test.each(['Severe', 'critical', '', null])('does not take %j for a severity', (failOn) => {
    expect(() => DeploymentAudit.gate({ failOn: failOn as unknown as AuditSeverity })).toThrow(new Error(
      `DeploymentAudit.gate: 'failOn' must be an AuditSeverity, got '${failOn}'; take one of its members`));
  });

  test('judges a check whose severity is known at deployment only', () => {
    const severity = Token.asString({ Ref: 'Severity' }) as AuditSeverity;
    const check = AuditCheck.of('NEW_CHECK', { propertyName: 'NewCheck', severity, resourceType: AuditResourceType.CLIENT_ID });
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: [check, LOGGING] });
    new OnDemandAudit(stack, 'Audit', { configuration, deploymentAudit: DeploymentAudit.gate() });

    expect(onlyResource(stack, AUDIT).Properties.Checks).toEqual([
      { Name: 'NEW_CHECK', Severity: { Ref: 'Severity' }, Judged: 'true' }, { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
    ]);
  });

  test('says nothing of disabled checks by default, which would make another audit run', () => {
    expect(gate({ failOnDisabledCheck: false }).Gate).toEqual(STRICT);
  });

  test.each([
    ['allowedPerCheck', -1], ['allowedPerCheck', 0.5], ['allowedInTotal', -3], ['allowedInTotal', 1.5],
    ['allowedInTotal', NaN], ['allowedPerCheck', Infinity],
  ])(
    'does not take %s %s', (property, allowed) => {
      expect(() => DeploymentAudit.gate({ [property]: allowed })).toThrow(new Error(
        `DeploymentAudit.gate: '${property}' must be a whole number, 0 or more, got ${allowed}; `
          + 'give the number of non-compliant resources that may be found'));
    },
  );

  test.each(['checks', 'reportOnly'])('does not take %s that the audit does not run', (property) => {
    const given = [KEY, AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.DEVICE_CERTIFICATE_AGE];

    expect(() => gate({ [property]: given })).toThrow(new Error(
      `Stack/Audit: 'deploymentAudit.${property}' must be checks that the audit runs, got `
        + 'DEVICE_CERTIFICATE_SHARED_CHECK, DEVICE_CERTIFICATE_AGE_CHECK; '
      + 'add them to the audit\'s checks, or leave them out of the gate'));
  });

  test.each<[string, DeploymentGateOptions, AuditCheck[], string]>([
    [
      'nothing severe enough', {}, [LOGGING, EXPIRING],
      'LOGGING_DISABLED_CHECK, DEVICE_CERTIFICATE_EXPIRING_CHECK of severity CRITICAL or above',
    ],
    ['nothing but what only reports', { reportOnly: [KEY] }, CHECKS,
      'LOGGING_DISABLED_CHECK, DEVICE_CERTIFICATE_EXPIRING_CHECK, CONFLICTING_CLIENT_IDS_CHECK, '
        + 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK of severity CRITICAL or above'],
    ['named checks that are not severe enough', { checks: [LOGGING], failOn: AuditSeverity.HIGH }, [LOGGING, KEY],
      'LOGGING_DISABLED_CHECK, DEVICE_CERTIFICATE_KEY_QUALITY_CHECK of severity HIGH or above'],
    ['no named check', { checks: [] }, [KEY], 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK of severity CRITICAL or above'],
  ])('does not judge %s', (_what, options, checks, none) => {
    expect(() => gate(options, checks)).toThrow(new Error(
      `Stack/Audit: 'deploymentAudit' must be a gate that judges at least one check, got none of ${none}; `
        + 'lower failOn, name other checks, or use DeploymentAudit.waitForCompletion()'));
  });

  test.each([
    ['0 minutes (0 minutes)', Duration.minutes(0)], ['56 minutes (56 minutes)', Duration.minutes(56)],
  ])('does not wait %s', (given, timeout) => {
    expect(() => DeploymentAudit.gate({ timeout })).toThrow(new Error(
      `DeploymentAudit: 'timeout' must be 1 to 55 whole minutes, known at synth, got ${given}; `
        + 'give a number of minutes in that range, for example Duration.minutes(30)'));
  });

  test.each<[string, DeploymentAuditRun, boolean]>([
    ['start', DeploymentAudit.start(), false], ['wait', DeploymentAudit.waitForCompletion(), false],
    ['gate', DeploymentAudit.gate(), true],
  ])('alone lets the function read findings: %s', (_name, deploymentAudit, reads) => {
    audit(deploymentAudit);

    const statements = Object.values(policiesOf(stack)).flat() as { Action: string | string[] }[];
    const auditing = statements.filter(({ Action }) => Action.includes('iot:StartOnDemandAuditTask'));
    expect(auditing).toEqual([{
      Action: [
        'iot:CancelAuditTask', 'iot:DescribeAccountAuditConfiguration', 'iot:DescribeAuditTask',
        ...reads ? ['iot:ListAuditFindings'] : [],
        'iot:ListAuditTasks', 'iot:StartOnDemandAuditTask',
      ],
      Effect: 'Allow',
      Resource: '*',
    }]);
  });

  test('goes on in further invocations when it needs them', () => {
    audit(DeploymentAudit.gate());

    expect(policiesOf(stack).GateDeployment).toContainEqual({
      Action: 'lambda:InvokeFunction', Effect: 'Allow',
      Resource: { 'Fn::GetAtt': ['CdkIotFleetAuditCustomResourcesFunction4012EAE7', 'Arn'] },
    });
  });
});
