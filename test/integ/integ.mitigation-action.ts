/** Mitigation actions: one, and one of each kind that leaves nothing behind. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { caseOf, integrationTest } from './account';
import { Mitigation, MitigationAction } from '../../src';

export const app = new App();

const standard = caseOf('mitigation-action-default', (stack) => new MitigationAction(stack, 'Deactivate', {
  mitigation: Mitigation.updateDeviceCertificate(),
}), (assertions, { mitigationActionName: actionName, role }) => {
  assertions.awsApiCall('iot', 'describeMitigationAction', { actionName }).expect(ExpectedResult.objectLike({
    roleArn: role.roleArn, actionParams: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
  }));
});

const full = caseOf('mitigation-action-full', (stack) => [
  Mitigation.updateCaCertificate(),
  Mitigation.addThingsToThingGroup([new CfnThingGroup(stack, 'Quarantine')], { overrideDynamicGroups: true }),
  Mitigation.replaceDefaultPolicyVersionOfAnyPolicy(),
  Mitigation.publishFindingToSns(new Topic(stack, 'Findings')),
].map((mitigation, index) => new MitigationAction(stack, mitigation.mitigationActionType, {
  mitigation, mitigationActionName: `cdk-iot-fleet-audit-integ-${index}`,
})), (assertions, actions) => {
  for (const { mitigationActionName: actionName, mitigationActionType: actionType } of actions) {
    assertions.awsApiCall('iot', 'describeMitigationAction', { actionName })
      .expect(ExpectedResult.objectLike({ actionType }));
  }
});

integrationTest(app, standard, full);
