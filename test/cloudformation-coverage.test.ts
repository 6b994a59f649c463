import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { AuditCheck, AuditSchedule, FleetAudit, Logging, LogLevel, Mitigation, Weekday } from '../src';
import { specifiedPaths, specifiedValues } from './support/cloudformation-spec';
import { ENV } from './support/templates';

/** A service sentinel for CloudFormation's own use, which nobody should write into a template. */
const SENTINEL = 'UNSET_VALUE';

/** Everything that the constructs can set, in one stack. */
function everything(): Template {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const fleetAudit = new FleetAudit(stack, 'FleetAudit');
  fleetAudit.addScheduledAudit('Weekly', {
    schedule: AuditSchedule.weekly(Weekday.MONDAY), checks: [AuditCheck.LOGGING_DISABLED], scheduledAuditName: 'weekly',
  });
  fleetAudit.addScheduledAudit('Biweekly', { schedule: AuditSchedule.biweekly(Weekday.MONDAY) });
  fleetAudit.addScheduledAudit('Monthly', { schedule: AuditSchedule.monthlyOnLastDay() });
  const mitigations = {
    Deactivate: Mitigation.updateDeviceCertificate(),
    DeactivateCa: Mitigation.updateCaCertificate(),
    Quarantine: Mitigation.addThingsToThingGroup([new CfnThingGroup(stack, 'Group')], { overrideDynamicGroups: true }),
    Blank: Mitigation.replaceDefaultPolicyVersionOfAnyPolicy(),
    Log: Mitigation.enableIotLogging(),
    Publish: Mitigation.publishFindingToSns(fleetAudit.notificationTopic),
  };
  for (const [id, mitigation] of Object.entries(mitigations)) {
    fleetAudit.addMitigationAction(id, { mitigation, mitigationActionName: id });
  }
  new Logging(stack, 'Logging', {
    events: [{ eventType: 'Connect', logLevel: LogLevel.INFO, logGroupName: 'connections' }],
  });
  Tags.of(stack).add('team', 'fleet');
  return Template.fromStack(stack);
}

/** The paths of all properties of a template's value; the elements of a list count as one. */
function pathsIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(pathsIn);
  }
  if (typeof value !== 'object' || value === null || isIntrinsic(value)) {
    return [];
  }
  return Object.entries(value).flatMap(([name, nested]) => [name, ...pathsIn(nested).map((path) => `${name}.${path}`)]);
}

function isIntrinsic(value: object): boolean {
  return Object.keys(value).every((key) => key === 'Ref' || key.startsWith('Fn::'));
}

describe.each([
  ['AWS::IoT::AccountAuditConfiguration', 'AuditCheckConfigurations.DeviceCertificateExpiringCheck.Configuration.CertExpirationThresholdInDays'],
  ['AWS::IoT::ScheduledAudit', 'Tags'],
  ['AWS::IoT::MitigationAction', 'ActionParams.EnableIoTLoggingParams.RoleArnForLogging'],
  ['AWS::IoT::Logging', 'EventConfigurations.LogDestination'],
])('%s', (type, deepPath) => {
  let set: Set<string>;

  beforeAll(() => {
    const resources = everything().findResources(type);
    set = new Set(Object.values(resources).flatMap((resource) => pathsIn(resource.Properties)));
  });

  // A specification that is only read in part would make the next test pass.
  test('is read from the specification with its nested properties', () => {
    expect(specifiedPaths(type)).toContain(deepPath);
  });

  test('has no property in the specification that the constructs cannot set', () => {
    expect(specifiedPaths(type).filter((path) => !set.has(path))).toEqual([]);
  });

  // Property overrides bypass the L1, which would drop a name that CloudFormation does not know.
  test('has no property in the template that the specification does not know', () => {
    const known = [...specifiedPaths(type), 'Tags.Key', 'Tags.Value'];

    expect([...set].filter((path) => !known.includes(path))).toEqual([]);
  });
});

describe('the values of', () => {
  test.each([
    ['Weekday', 'AWS::IoT::ScheduledAudit', 'DayOfWeek', Object.values(Weekday)],
    ['LogLevel', 'AWS::IoT::Logging', 'DefaultLogLevel', Object.values(LogLevel)],
    ['AuditSchedule.frequency', 'AWS::IoT::ScheduledAudit', 'Frequency', [
      AuditSchedule.daily().frequency,
      AuditSchedule.weekly(Weekday.MONDAY).frequency,
      AuditSchedule.biweekly(Weekday.MONDAY).frequency,
      AuditSchedule.monthlyOnLastDay().frequency,
    ]],
  ])('%s are those of the specification', (_, type, property, values: string[]) => {
    expect([...values].sort()).toEqual(specifiedValues(type, property).filter((value) => value !== SENTINEL).sort());
  });
});
