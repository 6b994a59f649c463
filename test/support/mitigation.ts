import { Stack } from 'aws-cdk-lib';
import { CfnPolicy, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { deployedDefinition } from './state-machines';
import {
  AuditEvents, AuditNotificationTopic, AutomaticMitigation, AutomaticMitigationProps, Mitigation, MitigationAction,
} from '../../src';
import { MitigationSettings } from '../../src/mitigation/protocol';

/** Automatic mitigation with a topic and events of its own. */
export function automaticMitigation(
  stack: Stack, props: Partial<AutomaticMitigationProps> = {}, id = 'Mitigation',
): AutomaticMitigation {
  const notificationTopic = new AuditNotificationTopic(stack, `${id}Notifications`);
  return new AutomaticMitigation(stack, id, {
    auditEvents: new AuditEvents(stack, `${id}Events`, { notificationTopic }), notificationTopic, ...props,
  });
}

/** The settings that the stack's only state machine passes to the function. */
export function deployedSettings(stack: Stack): MitigationSettings {
  return deployedDefinition(stack).States.Plan.Parameters!.settings as MitigationSettings;
}

/** A mitigation action of each type, by the first word of its effect. */
export function mitigationActions(stack: Stack) {
  const action = (id: string, mitigation: Mitigation) => new MitigationAction(stack, id, { mitigation });
  return {
    quarantine: action('Quarantine', Mitigation.addThingsToThingGroup([new CfnThingGroup(stack, 'Group')])),
    deactivate: action('Deactivate', Mitigation.updateDeviceCertificate()),
    deactivateCa: action('DeactivateCa', Mitigation.updateCaCertificate()),
    blank: action('Blank', Mitigation.replaceDefaultPolicyVersion([
      new CfnPolicy(stack, 'Policy', { policyDocument: {} }),
    ])),
    enableLogging: action('EnableLogging', Mitigation.enableIotLogging()),
    publish: action('Publish', Mitigation.publishFindingToSns(new AuditNotificationTopic(stack, 'Findings'))),
  };
}
