import { STACK, reasons, stackOf, startAccount, stopAccounts } from './support/running-account';
import type { TemplateResource } from '../cloudformation/template';

afterEach(stopAccounts);

describe('resources of the fleet', () => {
  const policy = (action: string): TemplateResource => ({
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] },
    },
  });

  test('a policy is there for audits to see; a changed document makes a new default version, of at most five', async () => {
    const account = await startAccount();
    const { policies } = account.deviceDefender.fleet;
    for (const wanted of ['1', '2', '3', '4', '5', '6']) {
      await account.deploy(stackOf({ Policy: policy(`iot:${wanted}`) }));
    }

    const [only] = [...policies.values()];
    expect(only.policyName).toMatch(/^Policy_\w{12}$/);
    expect(only.defaultVersionId).toBe('6');
    expect(only.versions.map(({ versionId }) => versionId)).toEqual(['2', '3', '4', '5', '6']);

    await account.delete(STACK);
    expect(policies.size).toBe(0);
  });

  test('a thing group is there for mitigation to find, unless its name is taken', async () => {
    const account = await startAccount({ fleet: { thingGroups: [{ thingGroupName: 'taken' }] } });
    const group = (name: string): TemplateResource => ({
      Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: name },
    });

    await account.deploy(stackOf({ Group: group('mine') }));
    const taken = await account.deploy({ stackName: 'Other', template: { Resources: { Group: group('taken') } } });

    expect([...account.deviceDefender.fleet.thingGroups.keys()]).toEqual(['taken', 'mine']);
    expect(reasons(taken).Group).toContain('AlreadyExists');
  });
});
