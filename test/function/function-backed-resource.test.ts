import {
  App, Aspects, CfnDeletionPolicy, CfnResource, MissingRemovalPolicies, RemovalPolicies, RemovalPolicy, Stack,
} from 'aws-cdk-lib';
import {
  AccountAuditConfiguration, DeploymentAudit, ExistingConfiguration, ExistingLogging, FleetAudit, Logging,
  OnDemandAudit,
} from '../../src';
import { ENV, removalsOf } from '../support/templates';

const AUDIT = 'Custom::IotOnDemandAudit';
const RELEASE = 'Custom::IotAuditCheckRelease';
const CONFIGURATION = 'Custom::IotAccountAuditConfiguration';
const LOGGING = 'Custom::IotLogging';

const DELETED = 'DeletionPolicy Delete and UpdateReplacePolicy Delete';
const LEFT = 'DeletionPolicy RetainExceptOnCreate and UpdateReplacePolicy Delete';
const LEFT_ON_REPLACEMENT_TOO = 'DeletionPolicy RetainExceptOnCreate and UpdateReplacePolicy Retain';
const RETAINED = 'DeletionPolicy Retain and UpdateReplacePolicy Retain';

interface Removal {
  readonly putBackOnRemoval?: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

function refusal(path: string, type: string, given: string, promised: string): string {
  return `[${path}] 'removalPolicy' must stay as it is for ${type}, since what it cancels, disables or puts back rests on it, got ${given} `
    + `instead of ${promised}; exclude the custom resources of this library from the aspect that sets it, `
    + `for example RemovalPolicies.of(scope).retain({ excludeResourceTypes: ['${type}'] })`;
}

describe('what happens to a custom resource on removal', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function messageOfSynth(): string {
    try {
      app.synth();
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  }

  test('cannot be changed for all of an app: each one is named, with the way out', () => {
    new FleetAudit(stack, 'FleetAudit');
    new Logging(stack, 'Logging', { existing: ExistingLogging.keep() });
    RemovalPolicies.of(app).retain();

    const message = messageOfSynth();
    expect(message.match(/\[.*?\] 'removalPolicy'/g)).toHaveLength(4);
    expect(message).toContain(refusal('Stack/FleetAudit/OnDemandAudit/Resource', AUDIT, RETAINED, DELETED));
    expect(message).toContain(
      refusal('Stack/FleetAudit/Configuration/CheckRelease/Before', RELEASE, RETAINED, DELETED),
    );
    expect(message).toContain(refusal('Stack/FleetAudit/Configuration/CheckRelease/After', RELEASE, RETAINED, DELETED));
    expect(message).toContain(refusal('Stack/Logging/Adopted/Resource', LOGGING, RETAINED, LEFT_ON_REPLACEMENT_TOO));
  });

  test.each([
    ['LEAVE', {}, RemovalPolicy.RETAIN, RETAINED, LEFT],
    // Would let a removal send the Delete that LEAVE is not prepared for.
    ['LEAVE', {}, RemovalPolicy.DESTROY, DELETED, LEFT],
    // Would leave the former physical id's Delete out, which disables checks.
    ['LEAVE', {}, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, LEFT_ON_REPLACEMENT_TOO, LEFT],
    [
      'PUT_BACK',
      { putBackOnRemoval: true },
      RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      LEFT_ON_REPLACEMENT_TOO,
      DELETED,
    ],
    ['SWITCH_OFF', { removalPolicy: RemovalPolicy.DESTROY }, RemovalPolicy.RETAIN, RETAINED, DELETED],
  ])('cannot be changed for what is adopted: %s, %j by %s', (_, { putBackOnRemoval, removalPolicy }: Removal, policy, given, promised) => {
    new AccountAuditConfiguration(stack, 'Configuration', {
      existing: ExistingConfiguration.adopt({ putBackOnRemoval }), removalPolicy,
    });
    RemovalPolicies.of(stack).apply(policy);

    expect(messageOfSynth()).toContain(refusal('Stack/Configuration/Adopted/Resource', CONFIGURATION, given, promised));
  });

  test.each([['LEAVE', false, LEFT_ON_REPLACEMENT_TOO], ['PUT_BACK', true, DELETED]])(
    'cannot be changed for logging that is adopted: %s', (_, putBackOnRemoval, promised) => {
      new Logging(stack, 'Logging', { existing: ExistingLogging.adopt({ putBackOnRemoval }) });
      RemovalPolicies.of(app).retain();

      expect(messageOfSynth()).toContain(refusal('Stack/Logging/Adopted/Resource', LOGGING, RETAINED, promised));
    },
  );

  test('cannot be changed by an aspect of one\'s own, nor for replacement alone', () => {
    new OnDemandAudit(stack, 'Audit', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Import'),
    });
    Aspects.of(app).add({
      visit: (node) => {
        if (CfnResource.isCfnResource(node)) node.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
      },
    });

    expect(messageOfSynth()).toContain(
      refusal('Stack/Audit/Resource', AUDIT, 'DeletionPolicy Delete and UpdateReplacePolicy Retain', DELETED),
    );
  });

  test('stays where its types are excluded, while all else is kept', () => {
    new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.start() });
    RemovalPolicies.of(app).retain({ excludeResourceTypes: [AUDIT, RELEASE, CONFIGURATION, LOGGING] });

    const removals = removalsOf(stack);
    expect(removals.filter(([type]) => type.startsWith('Custom::')).map(([, removal]) => removal))
      .toEqual(new Array(3).fill({ deletion: 'Delete', replacement: 'Delete' }));
    expect(
      removals.filter(([type]) => !type.startsWith('Custom::')).every(([, { deletion }]) => deletion === 'Retain'),
    ).toBe(true);
  });

  test('is not missing, so what only fills gaps leaves it alone', () => {
    new FleetAudit(stack, 'FleetAudit');
    new Logging(stack, 'Logging', { existing: ExistingLogging.keep() });
    MissingRemovalPolicies.of(app).retain();

    expect(messageOfSynth()).toBe('no error');
  });
});
