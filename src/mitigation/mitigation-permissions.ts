import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { DependencyGroup, IDependable } from 'constructs';
import { READ_ACTIONS } from './protocol';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { digestOf } from '../private/construct-digest';

/** The kinds of resources that reading can be narrowed to. Nobody knows before what an audit finds. */
const RESOURCES: Partial<Record<typeof READ_ACTIONS[number], string>> = {
  'iot:DescribeCertificate': 'cert',
  'iot:GetPolicy': 'policy',
  'iot:ListThingGroupsForThing': 'thing',
  'iot:DescribeThingGroup': 'thinggroup',
};

/**
 * Permits the function what its steps read, and to start the state machine. It may change nothing itself: whoever
 * invokes it can make nothing happen.
 */
export function permitSteps(stepFunction: FleetAuditFunction, stateMachine: StateMachine): IDependable {
  const narrowed = Object.entries(RESOURCES).map(([action, resource]) => new PolicyStatement({
    actions: [action],
    resources: [Stack.of(stateMachine).formatArn({ service: 'iot', resource, resourceName: '*' })],
  }));
  return new DependencyGroup(
    stepFunction._permit('AutomaticMitigation', [
      // IAM cannot narrow these to a resource.
      new PolicyStatement({ actions: READ_ACTIONS.filter((action) => !(action in RESOURCES)), resources: ['*'] }),
      ...narrowed,
    ]),
    stepFunction._permit(`StartMitigation${digestOf(stateMachine)}`, [
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
    ]),
  );
}
