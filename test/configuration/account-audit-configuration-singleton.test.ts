import { App, Aspects, Environment, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { AccountAuditConfiguration } from '../../src';
import { ENV, warningsOf } from '../support/templates';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';
const OTHER_REGION = { ...ENV, region: 'eu-west-1' };
const OTHER_ACCOUNT = { ...ENV, account: '222222222222' };

function raw(scope: Construct): CfnAccountAuditConfiguration {
  return new CfnAccountAuditConfiguration(scope, 'Raw', {
    accountId: '111111111111', roleArn: 'arn:aws:iam::111111111111:role/audit', auditCheckConfigurations: {},
  });
}

describe('AccountAuditConfiguration', () => {
  let app: App;

  beforeEach(() => {
    app = new App();
  });

  function configure(scope: Construct): AccountAuditConfiguration {
    return new AccountAuditConfiguration(scope, 'Configuration');
  }

  function stackOf(id: string, env?: Environment): Stack {
    return new Stack(app, id, { env });
  }

  describe('beside another one', () => {
    test.each([
      ['without an environment', undefined],
      ['with an environment', ENV],
    ])('fails in a stack %s', (_, env) => {
      const stack = stackOf('Stack', env);
      configure(stack);

      expect(() => new AccountAuditConfiguration(stack, 'Second')).toThrow(new Error(
        "Stack/Second: 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Stack/Configuration; keep one of the two, and import it where the other was',
      ));
    });

    test('fails in another stack of the account and region', () => {
      configure(stackOf('First', ENV));

      expect(() => configure(stackOf('Second', ENV))).toThrow(new Error(
        "Second/Configuration: 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside First/Configuration; keep one of the two, and import it where the other was',
      ));
    });

    test('fails in another stage of the account and region', () => {
      configure(new Stack(new Stage(app, 'Alpha', { env: ENV }), 'Stack'));

      expect(() => configure(new Stack(new Stage(app, 'Beta', { env: ENV }), 'Stack'))).toThrow(new Error(
        "Beta/Stack/Configuration: 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Alpha/Stack/Configuration; keep one of the two, and import it where the other was',
      ));
    });

    test.each([
      ['region', OTHER_REGION],
      ['account', OTHER_ACCOUNT],
    ])('is fine in another %s', (_, env) => {
      const [first, second] = [stackOf('First', ENV), stackOf('Second', env)];
      const configurations = [configure(first), configure(second)];

      Template.fromStack(first).resourceCountIs(CONFIGURATION, 1);
      Template.fromStack(second).resourceCountIs(CONFIGURATION, 1);
      expect(configurations.flatMap(warningsOf)).toEqual([]);
    });

    test('is fine in a stage of another region', () => {
      const alpha = configure(new Stack(new Stage(app, 'Alpha', { env: ENV }), 'Stack'));
      const beta = configure(new Stack(new Stage(app, 'Beta', { env: OTHER_REGION }), 'Stack'));

      expect(app.synth().getNestedAssembly('assembly-Beta').stacks).toHaveLength(1);
      expect([alpha, beta].flatMap(warningsOf)).toEqual([]);
    });

    test.each([
      ['without an environment', undefined],
      ['with an environment', ENV],
    ])('fails in a nested stack of a stack %s', (_, env) => {
      const stack = stackOf('Stack', env);
      configure(stack);

      expect(() => configure(new NestedStack(new NestedStack(stack, 'Nested'), 'Deeper'))).toThrow(new Error(
        "Stack/Nested/Deeper/Configuration: 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Stack/Configuration; keep one of the two, and import it where the other was',
      ));
    });

    test('warns in a nested stack of another stack without an environment', () => {
      configure(stackOf('First'));

      expect(warningsOf(configure(new NestedStack(stackOf('Second'), 'Nested')))).toHaveLength(1);
    });

    test.each([
      ['it', 'Configuration'],
      ['its scope', 'Scope'],
    ])('is fine when %s has been removed', (_, removed) => {
      const stack = stackOf('Stack', ENV);
      configure(removed === 'Scope' ? new Construct(stack, 'Scope') : stack);
      stack.node.tryRemoveChild(removed);
      new AccountAuditConfiguration(stack, 'Second');

      Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
    });

    test('is fine in another app', () => {
      configure(stackOf('Stack', ENV));
      const stack = new Stack(new App(), 'Stack', { env: ENV });
      configure(stack);

      Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
    });

    test.each([
      ['the other stack has no environment', undefined, ENV],
      ['the other stack has no region', { account: ENV.account }, ENV],
      ['the other stack has no account', { region: ENV.region }, ENV],
      ['both stacks have no environment', undefined, undefined],
    ])('warns where %s', (_, firstEnv, secondEnv) => {
      const first = configure(stackOf('First', firstEnv));
      const second = configure(stackOf('Second', secondEnv));

      expect(warningsOf(first)).toEqual([]);
      expect(warningsOf(second)).toEqual([
        'First/Configuration also defines the AccountAuditConfiguration, of which an account has one per region; '
        + 'deploy the two stacks to different accounts or regions, or give them an env so that this can be checked '
        + '[ack: cdk-iot-fleet-audit:secondAccountAuditConfiguration]',
      ]);
    });

    test.each([
      ['region', { region: 'eu-west-1' }],
      ['account', { account: '222222222222' }],
    ])('does not warn where the other stack is known to be of another %s', (_, env) => {
      configure(stackOf('First', env));

      expect(warningsOf(configure(stackOf('Second', ENV)))).toEqual([]);
    });
  });

  describe('beside one of CloudFormation', () => {
    test('fails at synth in the same stack', () => {
      const stack = stackOf('Stack');
      configure(stack);
      raw(stack);

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Stack/Raw; keep one of the two, and import it where the other was',
      ));
    });

    test('fails at synth in a nested stack', () => {
      const stack = stackOf('Stack');
      configure(stack);
      raw(new NestedStack(stack, 'Nested'));

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Stack/Nested/Raw; keep one of the two, and import it where the other was',
      ));
    });

    test('fails at synth when it was there first', () => {
      const stack = stackOf('Stack');
      raw(stack);
      configure(stack);

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Stack/Raw; keep one of the two, and import it where the other was',
      ));
    });

    test('fails at synth in another stack of the account and region, even if it was not the first', () => {
      configure(stackOf('First', OTHER_REGION));
      configure(stackOf('Second', ENV));
      raw(stackOf('Third', ENV));

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Second/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Third/Raw; keep one of the two, and import it where the other was',
      ));
    });

    test.each([
      ['region', OTHER_REGION],
      ['account', OTHER_ACCOUNT],
    ])('is fine in another %s', (_, env) => {
      configure(stackOf('First', ENV));
      const second = stackOf('Second', env);
      raw(second);

      Template.fromStack(second).resourceCountIs(CONFIGURATION, 1);
    });

    test('fails at the next synth when it comes after one', () => {
      configure(stackOf('First', ENV));
      const second = stackOf('Second', OTHER_REGION);
      configure(second);
      Template.fromStack(second);
      raw(second);

      expect(() => app.synth({ force: true })).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Second/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Second/Raw; keep one of the two, and import it where the other was',
      ));
    });

    const inStage = (id: string, env: Environment) => new Stack(new Stage(app, id, { env }), 'Stack');
    const addedByAspect = (stack: Stack) => Aspects.of(stack).add({
      visit: (node) => { if (node === stack) raw(stack); },
    });

    test.each<[string, (stack: Stack) => void]>([['written', raw], ['added by an aspect', addedByAspect]])(
      'fails at synth in an earlier stage, which has none of its own, %s', (_, add) => {
        configure(inStage('First', OTHER_REGION));
        add(inStage('Second', ENV));
        configure(inStage('Third', ENV));

        expect(() => app.synth()).toThrow(new Error(
          'Validation failed with the following errors:\n'
          + "  [Third/Stack/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
          + 'got a second one beside Second/Stack/Raw; keep one of the two, and import it where the other was',
        ));
      },
    );

    test('fails at synth in a later stage', () => {
      configure(inStage('First', ENV));
      raw(inStage('Second', ENV));

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [First/Stack/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside Second/Stack/Raw; keep one of the two, and import it where the other was',
      ));
    });

    test('fails at synth where an aspect adds it to a later stage', () => {
      configure(inStage('First', ENV));
      addedByAspect(inStage('Second', ENV));

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Second] Second/Stack/Raw: 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside First/Stack/Configuration; keep one of the two, and import it where the other was',
      ));
    });

    test('fails at synth where an aspect adds it to the stage itself', () => {
      const stack = inStage('First', ENV);
      configure(stack);
      addedByAspect(stack);

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [First/Stack/Configuration] 'AccountAuditConfiguration' exists once per account and region, "
        + 'got a second one beside First/Stack/Raw; keep one of the two, and import it where the other was',
      ));
    });

    test('is fine once it has been removed', () => {
      configure(stackOf('First', ENV));
      const second = stackOf('Second', ENV);
      raw(second);
      expect(() => app.synth()).toThrow('exists once per account and region');
      second.node.tryRemoveChild('Raw');

      expect(() => app.synth({ force: true })).not.toThrow();
    });

    test('is looked for once in each stage, however many stages there are', () => {
      const walks = [1, 5].map((stages) => {
        app = new App();
        for (let index = 0; index < stages; index++) {
          configure(inStage(`Stage${index}`, { ...ENV, account: `11111111111${index}` }));
        }
        const findAll = jest.spyOn(app.node, 'findAll');
        app.synth();
        return findAll.mock.calls.length;
      });

      expect(walks[1]).toBe(walks[0]);
    });

    test('is looked for once, however many stacks there are', () => {
      const walks = [1, 5].map((stacks) => {
        app = new App();
        for (let index = 0; index < stacks; index++) {
          configure(stackOf(`Stack${index}`, { ...ENV, account: `11111111111${index}` }));
        }
        const findAll = jest.spyOn(app.node, 'findAll');
        app.synth();
        return findAll.mock.calls.length;
      });

      expect(walks[1]).toBe(walks[0]);
    });
  });
});
