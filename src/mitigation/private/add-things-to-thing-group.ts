import { Stack, Token } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { CfnThingGroup, IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { IConstruct } from 'constructs';
import { MitigationDefinition } from './mitigation-definition';
import { invalidInput } from '../../private/invalid-input';

const MAXIMUM_THING_GROUPS = 10;

export function addThingsToThingGroup(thingGroups: IThingGroupRef[], overrideDynamicGroups?: boolean): MitigationDefinition {
  return {
    bind: (scope) => {
      validateThingGroups(scope, thingGroups);
      return {
        actionParams: {
          addThingsToThingGroupParams: {
            thingGroupNames: thingGroups.map((group) => group.thingGroupRef.thingGroupName),
            overrideDynamicGroups,
          },
        },
        grantTo: (grantee) => {
          // The API has no resource to narrow this call to.
          Grant.addToPrincipal({ grantee, actions: ['iot:ListPrincipalThings'], resourceArns: ['*'] });
          Grant.addToPrincipal({
            grantee,
            actions: ['iot:AddThingToThingGroup'],
            resourceArns: [
              Stack.of(scope).formatArn({ service: 'iot', resource: 'thing', resourceName: '*' }),
              ...thingGroups.map((group) => group.thingGroupRef.thingGroupArn),
            ],
          });
        },
      };
    },
  };
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
  const names = thingGroups.map((group) => group.thingGroupRef.thingGroupName);
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
