import { App, Duration, Stack } from 'aws-cdk-lib';
import { CfnMitigationAction, CfnPolicy, CfnThing, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import {
  AccountAuditConfiguration, AuditCheck, AuditResourceType, AuditSchedule, AuditSeverity, AutomaticMitigation,
  IMitigationAction, MitigationAction, MitigationActionType, MitigationException, MitigationMode, MitigationRule,
  ScheduledAudit,
} from '../../src';
import { RuleSettings } from '../../src/mitigation/protocol';
import { automaticMitigation, deployedSettings, mitigationActions } from '../support/mitigation';
import { ENV, warningsOf } from '../support/templates';

const CERTIFICATE = 'ab'.repeat(32);

describe('a rule of automatic mitigation', () => {
  let stack: Stack;
  let mitigation: AutomaticMitigation;
  let actions: ReturnType<typeof mitigationActions>;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    mitigation = automaticMitigation(stack);
    actions = mitigationActions(stack);
  });

  function renderedRule(rule: MitigationRule): RuleSettings {
    mitigation.addRule(rule);
    return deployedSettings(stack).rules[0];
  }

  test('has defaults', () => {
    expect(renderedRule({ checks: [AuditCheck.LOGGING_DISABLED], actions: [actions.enableLogging] })).toEqual({
      checks: ['LOGGING_DISABLED_CHECK'],
      actions: [{ name: expect.stringContaining('EnableLogging'), type: 'ENABLE_IOT_LOGGING' }],
      mode: 'APPLY',
      maximumResources: 10,
      maximumPercent: 5,
      minimumResources: 1,
      budget: { resources: 30, days: 7 },
    });
  });

  test('is passed to the function as it was given', () => {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration');
    const audit = new ScheduledAudit(stack, 'Audit', { configuration, schedule: AuditSchedule.daily() });
    const pump = new CfnThing(stack, 'Pump');

    expect(renderedRule({
      checks: [AuditCheck.DEVICE_CERTIFICATE_EXPIRING, AuditCheck.REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE],
      actions: [actions.quarantine, actions.deactivate],
      mode: MitigationMode.ASK,
      reasonCodes: ['CERTIFICATE_PAST_EXPIRATION', 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166'],
      scheduledAudits: [audit],
      maximumResources: 2500,
      maximumPercent: 0.5,
      smallFleetAllowance: 0,
      budget: 2500,
      budgetPeriod: Duration.days(89),
      exceptions: [
        MitigationException.thingGroup(CfnThingGroup.fromThingGroupName(stack, 'Critical', 'critical')),
        MitigationException.deviceCertificate(CERTIFICATE.toUpperCase()),
        MitigationException.thing(pump),
        MitigationException.thing(CfnThing.fromThingName(stack, 'Valve', 'valve')),
      ],
    })).toEqual({
      checks: ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK'],
      actions: [
        { name: expect.stringContaining('Quarantine'), type: 'ADD_THINGS_TO_THING_GROUP' },
        { name: expect.stringContaining('Deactivate'), type: 'UPDATE_DEVICE_CERTIFICATE' },
      ],
      mode: 'ASK',
      reasonCodes: ['CERTIFICATE_PAST_EXPIRATION', 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166'],
      scheduledAudits: [expect.stringMatching(/^<Audit\w+>$/)],
      maximumResources: 2500,
      maximumPercent: 0.5,
      minimumResources: 0,
      budget: { resources: 2500, days: 89 },
      exceptions: { deviceCertificates: [CERTIFICATE], things: ['<Pump>', 'valve'], thingGroups: ['critical'] },
    });
  });

  test('excepts CA certificates and policies by their ids and names', () => {
    expect(renderedRule({
      checks: [AuditCheck.CA_CERTIFICATE_EXPIRING, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE],
      actions: [actions.publish],
      exceptions: [MitigationException.policy(stack.node.findChild('Policy') as CfnPolicy), MitigationException.caCertificate(CERTIFICATE)],
    }).exceptions).toEqual({ caCertificates: [CERTIFICATE], policies: ['<Policy>'] });
  });

  describe('by default', () => {
    test.each<[string, () => [AuditCheck, IMitigationAction[]], MitigationMode]>([
      ['enables logging', () => [AuditCheck.LOGGING_DISABLED, [actions.enableLogging]], MitigationMode.APPLY],
      ['puts into quarantine', () => [AuditCheck.DEVICE_CERTIFICATE_SHARED, [actions.quarantine]], MitigationMode.APPLY],
      [
        'only reports what deactivates certificates',
        () => [AuditCheck.DEVICE_CERTIFICATE_SHARED, [actions.quarantine, actions.deactivate]], MitigationMode.REPORT,
      ],
      [
        'only reports what deactivates CA certificates',
        () => [AuditCheck.REVOKED_CA_CERTIFICATE_STILL_ACTIVE, [actions.deactivateCa]], MitigationMode.REPORT,
      ],
      [
        'only reports what blanks policies',
        () => [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, [actions.blank]], MitigationMode.REPORT,
      ],
      [
        'only reports what an imported action would do',
        () => [
          AuditCheck.LOGGING_DISABLED, [MitigationAction.fromMitigationActionName(stack, 'Imported', 'imported')],
        ],
        MitigationMode.REPORT,
      ],
    ])('%s', (_, parts, mode) => {
      const [check, chosen] = parts();

      expect(renderedRule({ checks: [check], actions: chosen }).mode).toBe(mode);
    });

    test.each(Object.values(MitigationMode))('does what is said: %s', (mode) => {
      expect(renderedRule({
        checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [actions.deactivate], mode,
      }).mode).toBe(mode);
    });
  });

  describe('with an action that is not of this library', () => {
    test('knows the type of a raw resource', () => {
      const raw = new CfnMitigationAction(stack, 'Raw', {
        roleArn: 'arn:aws:iam::111111111111:role/role',
        actionParams: { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
      });

      expect(renderedRule({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], actions: [raw] })).toMatchObject({
        actions: [{ name: '<Raw>', type: 'REPLACE_DEFAULT_POLICY_VERSION' }], mode: 'REPORT',
      });
    });

    test('warns that the type of an imported one is not known, and leaves it out', () => {
      const imported = MitigationAction.fromMitigationActionName(stack, 'Imported', 'imported');

      expect(renderedRule({
        checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_AGE], actions: [imported],
      }).actions).toEqual([{ name: 'imported' }]);
      expect(warningsOf(mitigation)).toEqual([
        'Stack/Imported is imported, so nobody knows at synth if AWS allows it for LOGGING_DISABLED_CHECK, '
        + 'DEVICE_CERTIFICATE_AGE_CHECK; make sure that it does, and acknowledge this warning '
        + '[ack: cdk-iot-fleet-audit:mitigationActionTypeUnknown]',
      ]);
    });

    test('warns of nothing that it knows', () => {
      mitigation.addRule({ checks: [AuditCheck.LOGGING_DISABLED], actions: [actions.enableLogging] });

      expect(warningsOf(mitigation)).toEqual([]);
    });
  });

  // Every check of AWS with every type of action: what AWS allows passes, and nothing else.
  test.each(AuditCheck.all().map((check): [string, AuditCheck] => [check.checkName, check]))(
    'takes the types of actions that AWS allows for %s', (_, check) => {
      const allowed = Object.values(actions).filter((one) => {
        const probe = automaticMitigation(stack, {}, `Probe${one.node.id}`);
        try {
          probe.addRule({ checks: [check], actions: [one] });
          return true;
        } catch (error) {
          expect((error as Error).message).toMatch(/'actions' must be of types that AWS allows for /);
          return false;
        }
      }).map(({ mitigationActionType }) => mitigationActionType);

      expect(allowed.sort()).toEqual([...check.mitigationActionTypes].sort());
    });

  test('takes what AuditCheck.of() says that AWS allows', () => {
    const check = AuditCheck.of('NEW_CHECK', {
      propertyName: 'NewCheck', severity: AuditSeverity.LOW, resourceType: AuditResourceType.DEVICE_CERTIFICATE,
      mitigationActionTypes: [MitigationActionType.ADD_THINGS_TO_THING_GROUP],
    });

    expect(renderedRule({ checks: [check], actions: [actions.quarantine] }).checks).toEqual(['NEW_CHECK']);
  });

  test('may reach any number of resources if AWS picks the findings', () => {
    expect(renderedRule({
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [actions.quarantine], maximumResources: 100_000,
    })).toMatchObject({ maximumResources: 100_000, budget: { resources: 300_000, days: 7 } });
  });

});
