import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, CustomResource, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ANSWERING, ended, role, startAccount, stopAccounts } from './support/running-account';
import { readAssembly } from '../cloudformation/assembly';

const code = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));

afterEach(stopAccounts);
afterAll(() => rmSync(code, { recursive: true }));

const exporter = {
  stackName: 'Exporter',
  template: {
    Resources: { A: role() },
    Outputs: { Out: { Value: { Ref: 'A' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:A' } } } },
  },
};
const importer = { stackName: 'Importer', template: { Resources: { B: role({ 'Fn::ImportValue': 'Exporter:A' }) } } };

test('a stack uses what another exports', async () => {
  const account = await startAccount();
  await account.deploy(exporter);

  const result = await account.deploy(importer);

  expect(result.outcome).toBe('CREATE_COMPLETE');
  expect(account.stacks.get('Importer')!.resources.get('B')!.properties.Description).toBe(
    account.stacks.get('Exporter')!.outputs.Out,
  );
});

test('an export that does not exist fails the resource', async () => {
  const account = await startAccount();

  const result = await account.deploy(importer);

  expect(result.outcome).toBe('ROLLBACK_COMPLETE');
  expect(result.events.find(({ status }) => status === 'CREATE_FAILED')).toMatchObject({
    logicalId: 'B', reason: 'No export named Exporter:A found.',
  });
});

test('an export in use can neither be removed nor changed, nor its stack deleted', async () => {
  const account = await startAccount();
  await account.deploy(exporter);
  await account.deploy(importer);
  const { Resources, Outputs } = exporter.template;

  const removed = await account.deploy({ stackName: 'Exporter', template: { Resources } });
  const changed = await account.deploy({
    stackName: 'Exporter', template: { Resources, Outputs: { Out: { ...Outputs.Out, Value: 'other' } } },
  });
  const deleted = await account.delete('Exporter');

  expect(removed.outcome).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(removed.events.map(({ reason }) => reason)).toContain(
    'Cannot delete export Exporter:A as it is in use by Importer.',
  );
  expect(changed.events.map(({ reason }) => reason)).toContain(
    'Cannot update export Exporter:A as it is in use by Importer.',
  );
  expect(deleted.events.at(-1)).toMatchObject({
    status: 'DELETE_FAILED', reason: 'Cannot delete export Exporter:A as it is in use by Importer.',
  });
  expect(account.stacks.get('Exporter')!.resources.size).toBe(1);
});

test('an export that nobody uses any more can go', async () => {
  const account = await startAccount();
  await account.deploy(exporter);
  await account.deploy(importer);
  await account.delete('Importer');

  expect((await account.delete('Exporter')).outcome).toBe('DELETE_COMPLETE');
});

test('two stacks cannot export the same name', async () => {
  const account = await startAccount();
  await account.deploy(exporter);

  const result = await account.deploy({
    stackName: 'Rival', template: { Resources: {}, Outputs: { Out: { Value: 'x', Export: { Name: 'Exporter:A' } } } },
  });

  expect(result.events.map(({ reason }) => reason)).toContain(
    'Export with name Exporter:A is already exported by stack Exporter',
  );
});

test('resources and outputs exist as their conditions say', async () => {
  const account = await startAccount();
  const template = (where: string) => ({
    stackName: 'Stack',
    template: {
      Conditions: { Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, where] } },
      Resources: {
        Sometimes: role('sometimes', { Condition: 'Here' }), Always: role('always', { DependsOn: ['Sometimes'] }),
      },
      Outputs: { Out: { Condition: 'Here', Value: { Ref: 'Sometimes' } }, Other: { Value: 'other' } },
    },
  });

  expect((await account.deploy(template('eu-west-1'))).outputs).toEqual({ Out: expect.any(String), Other: 'other' });
  const result = await account.deploy(template('us-east-1'));

  expect(ended(result)).toContain('DELETE_COMPLETE Sometimes');
  expect(result.outputs).toEqual({ Other: 'other' });
});

describe('a cloud assembly', () => {
  function assembly(answer: string, env?: { account: string; region: string }): string {
    mkdirSync(join(code, answer), { recursive: true });
    writeFileSync(
      join(code, answer, 'main.js'),
      `${ANSWERING} exports.run = (event) => answer(event, { Data: { Answer: '${answer}' } });`,
    );
    const app = new App({ postCliContext: { 'aws:cdk:disable-asset-staging': false } });
    const [late, early] = [new Stack(app, 'Late', { env, tags: { team: 'fleet' } }), new Stack(app, 'Early', { env })];
    const principal = new Role(early, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    const fn = new Function(late, 'Function', {
      runtime: Runtime.NODEJS_LATEST, handler: 'main.run', code: Code.fromAsset(join(code, answer)),
    });
    const thing = new CustomResource(late, 'Thing', {
      serviceToken: fn.functionArn, resourceType: 'Custom::Thing', properties: { role: principal.roleArn, answer },
    });
    new CfnOutput(late, 'Answer', { value: thing.getAttString('Answer') });
    return app.synth().directory;
  }

  test('is read with its stacks in the order of their dependencies, and with the code of its functions', () => {
    const [early, late] = readAssembly(assembly('one'));

    expect([early, late]).toMatchObject([
      { stackName: 'Early', account: undefined }, { stackName: 'Late', tags: { team: 'fleet' } },
    ]);
    const resources = Object.values(late.template.Resources);
    const { S3Key } = resources.find(({ Type }) => Type === 'AWS::Lambda::Function')!.Properties!.Code as {
      S3Key: string;
    };
    expect(late.assets!.get(S3Key)).toMatch(/asset\.[0-9a-f]{64}$/);
  });

  test('runs the code that it deploys; an update runs the new code', async () => {
    const account = await startAccount();

    const [, first] = await account.deployAssembly(assembly('one'));
    const [, second] = await account.deployAssembly(assembly('two'));

    expect([first.outcome, first.outputs.Answer]).toEqual(['CREATE_COMPLETE', 'one']);
    expect([second.outcome, second.outputs.Answer]).toEqual(['UPDATE_COMPLETE', 'two']);
  });

  test('is deployed up to the first stack that fails', async () => {
    const account = await startAccount();
    const [early] = readAssembly(assembly('one'));
    account.deviceDefender.faults.clear();
    await account.deploy({
      stackName: 'Rival',
      template: { Resources: {}, Outputs: { O: { Value: 1, Export: { Name: exportNameOf(early.template.Outputs) } } } },
    });

    const results = await account.deployAssembly(assembly('one'));

    expect(results.map(({ outcome }) => outcome)).toEqual(['ROLLBACK_COMPLETE']);
  });

  test('is refused when it is bound for elsewhere', async () => {
    const account = await startAccount();

    await expect(account.deployAssembly(assembly('one', { account: '999999999999', region: 'eu-west-1' })))
      .rejects.toThrow('Early is bound for account 999999999999 and region eu-west-1, not 123456789012 and eu-west-1');
  });

  test('needs a manifest', () => {
    expect(() => readAssembly(code)).toThrow('holds no cloud assembly');
  });
});

function exportNameOf(outputs: unknown): string {
  return Object.values(outputs as Record<string, { Export: { Name: string } }>)[0].Export.Name;
}
