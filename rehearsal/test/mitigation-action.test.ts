import { DescribeMitigationActionCommand, ListMitigationActionsCommand } from '@aws-sdk/client-iot';
import { ROLE } from './support/native-templates';
import { STACK, reasons, stackOf, startAccount, stopAccounts } from './support/running-account';
import type { TemplateResource } from '../cloudformation/template';

afterEach(stopAccounts);

function action(
  params: object = { UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } }, rest: object = {},
): TemplateResource {
  return { Type: 'AWS::IoT::MitigationAction', Properties: { RoleArn: ROLE, ActionParams: params, ...rest } };
}

describe('MitigationAction', () => {
  test('is created, updated and deleted', async () => {
    const account = await startAccount();
    const { outputs } = await account.deploy(
      stackOf(
        { Action: action() },
        {
          Outputs: {
            Name: { Value: { Ref: 'Action' } }, Id: { Value: { 'Fn::GetAtt': ['Action', 'MitigationActionId'] } },
          },
        },
      ),
    );
    const actionName = String(outputs.Name);

    await account.deploy(stackOf({ Action: action(undefined, { RoleArn: `${ROLE}2` }) }));
    const updated = await account.iot.send(new DescribeMitigationActionCommand({ actionName }));
    await account.delete(STACK);

    expect(updated).toMatchObject({
      actionId: outputs.Id, roleArn: `${ROLE}2`,
      actionParams: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
    });
    expect((await account.iot.send(new ListMitigationActionsCommand({}))).actionIdentifiers).toEqual([]);
  });

  test.each([
    [
      { AddThingsToThingGroupParams: { ThingGroupNames: ['a'], OverrideDynamicGroups: 'false' } },
      { addThingsToThingGroupParams: { thingGroupNames: ['a'], overrideDynamicGroups: false } },
    ],
    [
      { EnableIoTLoggingParams: { RoleArnForLogging: ROLE, LogLevel: 'ERROR' } },
      { enableIoTLoggingParams: { roleArnForLogging: ROLE, logLevel: 'ERROR' } },
    ],
    [
      { PublishFindingToSnsParams: { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:topic' } },
      { publishFindingToSnsParams: { topicArn: 'arn:aws:sns:eu-west-1:123456789012:topic' } },
    ],
    [
      { ReplaceDefaultPolicyVersionParams: { TemplateName: 'BLANK_POLICY' } },
      { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
    ],
    [{ UpdateCACertificateParams: { Action: 'DEACTIVATE' } }, { updateCACertificateParams: { action: 'DEACTIVATE' } }],
  ])('%j reaches the service', async (params, expected) => {
    const account = await startAccount();
    await account.deploy(stackOf({ Action: action(params, { ActionName: 'mine' }) }));

    expect((await account.iot.send(new DescribeMitigationActionCommand({ actionName: 'mine' }))).actionParams).toEqual(
      expected,
    );
  });

  test('two kinds of parameters at once are for the service to refuse', async () => {
    const account = await startAccount();

    const result = await account.deploy(
      stackOf({
        Action: action({
          UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' }, UpdateCACertificateParams: { Action: 'DEACTIVATE' },
        }),
      }),
    );

    expect(reasons(result).Action).toContain('Exactly one kind of action parameters');
  });
});
