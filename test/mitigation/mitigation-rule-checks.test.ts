import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { CfnPolicy, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, AutomaticMitigation, MitigationAction, MitigationException,
  MitigationRule, ScheduledAudit,
} from '../../src';
import { automaticMitigation, deployedSettings, mitigationActions } from '../support/mitigation';
import { ENV } from '../support/templates';

describe('the checks of a rule of automatic mitigation', () => {
  let stack: Stack;
  let mitigation: AutomaticMitigation;
  let actions: ReturnType<typeof mitigationActions>;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    mitigation = automaticMitigation(stack);
    actions = mitigationActions(stack);
  });

  /** Adds a rule for certificates that differs from a valid one. */
  function addRule(rule: Partial<MitigationRule>): void {
    mitigation.addRule({ checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [actions.quarantine], ...rule });
  }

  function criticalThings(): MitigationException {
    return MitigationException.thingGroup(CfnThingGroup.fromThingGroupName(stack, 'Critical', 'critical'));
  }

  describe('fails', () => {
    const TOKEN = Lazy.number({ produce: () => 5 });

    test.each<[string, () => Partial<MitigationRule>, string]>([
      ['without a check', () => ({ checks: [] }),
        "'checks' must hold at least one check, got none; add a check, or leave the property out for the default"],
      ['with a check twice', () => ({ checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED] }),
        "'checks' must not hold a check twice, got LOGGING_DISABLED_CHECK more than once; keep one of each"],
      ['without an action', () => ({ actions: [] }),
        "'actions' must hold 1 to 5 actions, got 0; a mitigation task applies that many to a finding"],
      ['with six actions', () => ({ actions: Array(6).fill(actions.quarantine) }),
        "'actions' must hold 1 to 5 actions, got 6; a mitigation task applies that many to a finding"],
      ['with an action twice', () => ({ actions: [actions.quarantine, actions.deactivate, actions.quarantine] }),
        "'actions' must not hold an action twice, got Stack/Quarantine more than once; keep one of each"],
      ['with an action that AWS does not allow for a check', () => ({
        checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.DEVICE_CERTIFICATE_AGE],
      }), "'actions' must be of types that AWS allows for DEVICE_CERTIFICATE_AGE_CHECK: PUBLISH_FINDING_TO_SNS, got "
        + 'Stack/Quarantine, which is of type ADD_THINGS_TO_THING_GROUP; use another action, or give the check a rule '
        + 'of its own'],
      ['without a reason code', () => ({ reasonCodes: [] }),
        "'reasonCodes' must hold 1 to 25 codes, got 0; leave the property out for findings of every reason"],
      ['with 26 reason codes', () => ({ reasonCodes: Array.from({ length: 26 }, (_, index) => `CODE_${index}`) }),
        "'reasonCodes' must hold 1 to 25 codes, got 26; leave the property out for findings of every reason"],
      ['with a reason instead of its code', () => ({ reasonCodes: ['CODE', 'Certificate is shared.'] }),
        "'reasonCodes' must hold codes of 1 to 128 letters, digits, hyphens and underscores, got "
        + '"Certificate is shared."; take the codes from the page of the check, for example CERTIFICATE_PAST_EXPIRATION'],
      ['with a reason code twice', () => ({ reasonCodes: ['CODE', 'CODE'] }),
        "'reasonCodes' must not hold a code twice, got CODE more than once; keep one of each"],
      ['with an empty list of audits', () => ({ scheduledAudits: [] }),
        "'scheduledAudits' must hold at least one scheduled audit, got none; leave the property out for every audit, "
        + 'also those on demand'],
      ['with audits that do not run the check', () => ({
        scheduledAudits: [new ScheduledAudit(stack, 'Audit', {
          configuration: new AccountAuditConfiguration(stack, 'Configuration'),
          schedule: AuditSchedule.daily(),
          checks: [AuditCheck.LOGGING_DISABLED],
        })],
      }), "'scheduledAudits' must run each check of the rule in one of them, got Stack/Audit without "
        + 'DEVICE_CERTIFICATE_SHARED_CHECK; add the checks to an audit, or leave them out of the rule'],
      ['with 251 exceptions', () => ({ exceptions: Array(251).fill(criticalThings()) }),
        "'exceptions' must hold at most 250 exceptions, got 251; put the things into a thing group and except that"],
      ['with an exception that protects nothing', () => ({
        exceptions: [MitigationException.policy(CfnPolicy.fromPolicyName(stack, 'Other', 'sensor'))],
      }), "'exceptions' must be resources of a kind that one of the checks finds, got policies: sensor, which no finding "
        + 'of DEVICE_CERTIFICATE_SHARED_CHECK is about; remove the exception: it would protect nothing'],
      ['with a device as an exception where policies are blanked', () => ({
        checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], actions: [actions.blank], exceptions: [criticalThings()],
      }), "'exceptions' must hold no device where an action blanks policies, or may, got thingGroups: critical, with "
        + 'Stack/Blank; except the policies that the device uses: a blank policy cuts off every device that uses it, '
        + 'also an excepted one'],
      ['with a device as an exception where an imported action may blank policies', () => ({
        checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE],
        actions: [MitigationAction.fromMitigationActionName(stack, 'Imported', 'imported')],
        exceptions: [MitigationException.deviceCertificate('ab'.repeat(32))],
      }), "'exceptions' must hold no device where an action blanks policies, or may, got deviceCertificates: "
        + `${'ab'.repeat(32)}, with Stack/Imported; except the policies that the device uses: a blank policy cuts off `
        + 'every device that uses it, also an excepted one'],
      ['with no resource', () => ({ maximumResources: 0 }),
        "'maximumResources' must be a whole number, 1 or more, got 0; give such a number"],
      ['with half a resource', () => ({ maximumResources: 1.5 }),
        "'maximumResources' must be a whole number, 1 or more, got 1.5; give such a number"],
      ['with a limit that is not known', () => ({ maximumResources: TOKEN }),
        "'maximumResources' must be known at synth, since it is a limit that a reviewer must be able to read, got a "
        + 'token; give a number'],
      ['with a percentage that is not known', () => ({ maximumPercent: TOKEN }),
        "'maximumPercent' must be known at synth, since it is a limit that a reviewer must be able to read, got a token; "
        + 'give a number'],
      ['with no percent', () => ({ maximumPercent: 0 }),
        "'maximumPercent' must be above 0 and at most 100, got 0; give a number in that range; 100 leaves only "
        + 'maximumResources as a limit'],
      ['with more than all', () => ({ maximumPercent: 100.5 }),
        "'maximumPercent' must be above 0 and at most 100, got 100.5; give a number in that range; 100 leaves only "
        + 'maximumResources as a limit'],
      ['with a percentage that is no number', () => ({ maximumPercent: NaN }),
        "'maximumPercent' must be above 0 and at most 100, got NaN; give a number in that range; 100 leaves only "
        + 'maximumResources as a limit'],
      ['with a negative allowance', () => ({ smallFleetAllowance: -1 }),
        "'smallFleetAllowance' must be a whole number, 0 or more, got -1; give such a number"],
      ['with an allowance above the limit', () => ({ smallFleetAllowance: 11 }),
        "'smallFleetAllowance' must be at most maximumResources, which is 10, got 11; lower it, or raise maximumResources"],
      ['with a budget for less than one audit', () => ({ budget: 9 }),
        "'budget' must be at least maximumResources, which is 10, got 9; raise it, or lower maximumResources"],
      ['with a budget that is no whole number', () => ({ budget: 10.5 }),
        "'budget' must be a whole number, 1 or more, got 10.5; give such a number"],
      ['with a period of hours', () => ({ budgetPeriod: Duration.hours(36) }),
        "'budgetPeriod' must be 1 to 89 whole days, got 1 day 12 hours; give a number of days in that range: AWS keeps "
        + 'its records of mitigation tasks for 90 days'],
      ['with a period longer than the records', () => ({ budgetPeriod: Duration.days(90) }),
        "'budgetPeriod' must be 1 to 89 whole days, got 90 days; give a number of days in that range: AWS keeps its "
        + 'records of mitigation tasks for 90 days'],
      ['with a period that is not known', () => ({ budgetPeriod: Duration.days(TOKEN) }),
        "'budgetPeriod' must be known at synth, since it is a limit that a reviewer must be able to read, got a token; "
        + 'give a number'],
    ])('%s', (_, rule, message) => {
      expect(() => addRule(rule())).toThrow(new Error(`Stack/Mitigation: ${message}`));
    });

    test.each<[string, () => Partial<MitigationRule>]>([
      ['with reasonCodes', () => ({ reasonCodes: ['CODE'] })],
      ['with exceptions', () => ({ exceptions: [criticalThings()] })],
      ['if an action blanks policies', () => ({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], actions: [actions.blank] })],
      ['for INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK', () => ({
        checks: [AuditCheck.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES],
      })],
    ])('if more than 2,500 findings had to be looked at one by one %s', (reason, rule) => {
      const given = rule();

      expect(() => addRule({ ...given, maximumResources: 2501 })).toThrow(new Error(
        'Stack/Mitigation: \'maximumResources\' must be at most 2500, since findings are looked at one by one '
        + `${reason}, got 2501; give at most 2500`));
      expect(() => addRule({ ...given, maximumResources: 2500 })).not.toThrow();
    });
  });

  test.each<[string, () => Partial<MitigationRule>]>([
    ['policies where policies are blanked', () => ({
      checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], actions: [actions.blank],
      exceptions: [MitigationException.policy(CfnPolicy.fromPolicyName(stack, 'Other', 'sensor'))],
    })],
    ['devices where findings about policies are only published', () => ({
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE],
      actions: [actions.publish], exceptions: [criticalThings()],
    })],
    ['devices where an imported action is for certificates', () => ({
      actions: [MitigationAction.fromMitigationActionName(stack, 'Imported', 'imported')],
      exceptions: [criticalThings()],
    })],
  ])('can except %s', (_, rule) => {
    addRule(rule());

    expect(Object.keys(deployedSettings(stack).rules[0].exceptions!)).toHaveLength(1);
  });

  describe('beside another one for the same check', () => {
    const OVERLAP = new Error("Stack/Mitigation: 'checks' must not be in two rules whose reasonCodes and scheduledAudits "
      + 'overlap, got DEVICE_CERTIFICATE_SHARED_CHECK again; make it one rule, or give both reasonCodes or '
      + 'scheduledAudits of their own');

    test.each<[string, Partial<MitigationRule>, Partial<MitigationRule>]>([
      ['neither has restrictions', {}, {}],
      ['one has no reason codes', { reasonCodes: ['ONE'] }, {}],
      ['a reason code is the same', { reasonCodes: ['ONE', 'TWO'] }, { reasonCodes: ['TWO', 'THREE'] }],
    ])('fails if %s', (_, one, other) => {
      addRule(one);

      expect(() => addRule(other)).toThrow(OVERLAP);
      expect(deployedSettings(stack).rules).toHaveLength(1);
    });

    test('passes if their reason codes differ', () => {
      addRule({ reasonCodes: ['ONE'] });
      addRule({ reasonCodes: ['TWO'] });

      expect(deployedSettings(stack).rules.map(({ reasonCodes }) => reasonCodes)).toEqual([['ONE'], ['TWO']]);
    });

    test('passes if their audits differ, and fails if one is the same', () => {
      const [one, other] = ['One', 'Other'].map((id) => ScheduledAudit.fromScheduledAuditName(stack, id, id));
      addRule({ scheduledAudits: [one] });
      addRule({ scheduledAudits: [other] });

      expect(() => addRule({ scheduledAudits: [other, one] })).toThrow(OVERLAP);
      expect(deployedSettings(stack).rules.map(({ scheduledAudits }) => scheduledAudits)).toEqual([['One'], ['Other']]);
    });
  });
});
