import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { CfnMitigationAction, CfnThingGroup, IPolicyRef, IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { LogLevel } from '../logging/logging-event';
import { LoggingRole } from '../logging/logging-role';
import { checkBroughtRole } from '../private/brought-roles';
import { invalidInput } from '../private/invalid-input';
import { IOT_SERVICE_PRINCIPAL } from '../private/own-roles';
import { checkTopic, grantPublishing } from '../private/topic-publishing';

/**
 * One kind of mitigation, with everything that differs from the other kinds.
 *
 * It takes the construct of the mitigation action, and may define further constructs in it.
 */
export type MitigationDefinition = (scope: Construct) => BoundMitigation;

export interface BoundMitigation {
  readonly actionParams: CfnMitigationAction.ActionParamsProperty;

  /** Allows the action's role exactly what the action does. */
  grantTo(grantee: IGrantable): void;
}

const MAXIMUM_THING_GROUPS = 10;

/** Reaches all certificates of the account, since nobody knows in advance which one an audit will find. */
export const UPDATE_DEVICE_CERTIFICATE: MitigationDefinition = (scope) => ({
  actionParams: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
  grantTo: (grantee) => Grant.addToPrincipal({
    grantee, actions: ['iot:UpdateCertificate'], resourceArns: [arnOfEach(scope, 'cert')],
  }),
});

/** Reaches all CA certificates of the account, for the same reason. */
export const UPDATE_CA_CERTIFICATE: MitigationDefinition = (scope) => ({
  actionParams: { updateCaCertificateParams: { action: 'DEACTIVATE' } },
  grantTo: (grantee) => Grant.addToPrincipal({
    grantee, actions: ['iot:UpdateCACertificate'], resourceArns: [arnOfEach(scope, 'cacert')],
  }),
});

export function addThingsToThingGroup(
  thingGroups: IThingGroupRef[], overrideDynamicGroups?: boolean,
): MitigationDefinition {
  return (scope) => {
    validateThingGroups(scope, thingGroups);
    const refs = thingGroups.map(({ thingGroupRef }) => thingGroupRef);
    return {
      actionParams: {
        addThingsToThingGroupParams: {
          thingGroupNames: refs.map(({ thingGroupName }) => thingGroupName), overrideDynamicGroups,
        },
      },
      grantTo: (grantee) => {
        // The API has no resource to narrow this call to.
        Grant.addToPrincipal({ grantee, actions: ['iot:ListPrincipalThings'], resourceArns: ['*'] });
        Grant.addToPrincipal({
          grantee,
          actions: ['iot:AddThingToThingGroup'],
          resourceArns: [arnOfEach(scope, 'thing'), ...refs.map(({ thingGroupArn }) => thingGroupArn)],
        });
      },
    };
  };
}

/**
 * @param policies the policies that the action can reach, or undefined for every policy of the account
 */
export function replaceDefaultPolicyVersion(policies?: IPolicyRef[]): MitigationDefinition {
  return (scope) => {
    if (policies?.length === 0) {
      throw invalidInput(scope, {
        property: 'policies',
        rule: 'must hold at least one policy',
        given: 'none',
        fix: 'name the policies that may be blanked, or use Mitigation.replaceDefaultPolicyVersionOfAnyPolicy()',
      });
    }
    return {
      actionParams: { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
      grantTo: (grantee) => Grant.addToPrincipal({
        grantee,
        actions: ['iot:CreatePolicyVersion'],
        resourceArns: policies?.map(({ policyRef }) => policyRef.policyArn) ?? [arnOfEach(scope, 'policy')],
      }),
    };
  };
}

export function enableIotLogging(logLevel: LogLevel, brought?: IRole): MitigationDefinition {
  return (scope) => {
    if (logLevel === LogLevel.DISABLED) {
      throw invalidInput(scope, {
        property: 'logLevel',
        rule: 'must be ERROR, WARN, INFO or DEBUG',
        given: logLevel,
        fix: 'an action that enables logging cannot disable it',
      });
    }
    if (brought) {
      checkBroughtRole(scope, 'loggingRole', brought);
    }
    // Logging stays on after the action is deleted, and still needs the role.
    const loggingRole = brought
      ?? new LoggingRole(scope, 'LoggingRole', { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
    return {
      actionParams: { enableIoTLoggingParams: { logLevel, roleArnForLogging: loggingRole.roleArn } },
      grantTo: (grantee) => {
        // The API has no resource to narrow this call to.
        Grant.addToPrincipal({ grantee, actions: ['iot:SetV2LoggingOptions'], resourceArns: ['*'] });
        Grant.addToPrincipal({
          grantee,
          actions: ['iam:PassRole'],
          resourceArns: [loggingRole.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': IOT_SERVICE_PRINCIPAL } },
        });
      },
    };
  };
}

export function publishFindingToSns(topic: ITopic): MitigationDefinition {
  return (scope) => {
    checkTopic(scope, 'topic', topic);
    return {
      actionParams: { publishFindingToSnsParams: { topicArn: topic.topicArn } },
      grantTo: (grantee) => grantPublishing(topic, grantee),
    };
  };
}

function arnOfEach(scope: Construct, resource: string): string {
  return Stack.of(scope).formatArn({ service: 'iot', resource, resourceName: '*' });
}

function validateThingGroups(scope: IConstruct, thingGroups: IThingGroupRef[]): void {
  if (thingGroups.length < 1 || thingGroups.length > MAXIMUM_THING_GROUPS) {
    throw invalidInput(scope, {
      property: 'thingGroups',
      rule: `must hold 1 to ${MAXIMUM_THING_GROUPS} thing groups`,
      given: String(thingGroups.length),
      fix: 'a thing can be in 10 groups at most',
    });
  }
  const names = thingGroups.map(({ thingGroupRef }) => thingGroupRef.thingGroupName);
  const repeated = names.find((name, index) => !Token.isUnresolved(name) && names.indexOf(name) !== index);
  if (repeated !== undefined || new Set(thingGroups).size < thingGroups.length) {
    throw invalidInput(scope, {
      property: 'thingGroups',
      rule: 'must not hold a thing group twice',
      given: `${repeated ?? 'the same construct'} more than once`,
      fix: 'keep one of each',
    });
  }
  const dynamic = thingGroups.find((group) => group instanceof CfnThingGroup && group.queryString !== undefined);
  if (dynamic) {
    throw invalidInput(scope, {
      property: 'thingGroups',
      rule: 'must be static thing groups',
      given: `the dynamic group ${dynamic.node.path}`,
      fix: 'use a group without queryString: AWS IoT decides itself what is in a dynamic group',
    });
  }
}
