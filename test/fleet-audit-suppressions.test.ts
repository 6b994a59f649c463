import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import {
  AuditCheck, AuditSuppression, AuditSuppressions, DeploymentAudit, ExistingConfiguration, FleetAudit, FleetAuditProps,
  SuppressedResource, SuppressionExpiry, SuppressionList,
} from '../src';
import { ENV, onlyResource } from './support/templates';

const AUDIT = 'Custom::IotOnDemandAudit';
const SUPPRESSIONS = 'Custom::IotAuditSuppressions';

const GATEWAY: AuditSuppression = {
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  resource: SuppressedResource.policyName('gateway'),
  description: 'Gateways publish for their sensors (SEC-112)',
  expiry: SuppressionExpiry.never(),
};

describe('FleetAudit with suppressions', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  type Resources = Record<string, { Type: string; DependsOn?: string[]; Properties: Record<string, unknown> }>;

  function resources(): Resources {
    return Template.fromStack(stack).toJSON().Resources;
  }

  function typesById(): Record<string, string> {
    return Object.fromEntries(Object.entries(resources()).map(([id, { Type }]) => [id, Type]));
  }

  test('has two more resources, and one construct for all of them', () => {
    new FleetAudit(stack, 'FleetAudit');
    const before = typesById();
    stack = new Stack(new App(), 'Stack', { env: ENV });
    const audit = new FleetAudit(stack, 'FleetAudit');
    audit.addSuppression(GATEWAY);
    audit.addSuppression({ ...GATEWAY, resource: SuppressedResource.policyName('door') });
    audit.addSuppressions(SuppressionList.of([{ ...GATEWAY, resource: SuppressedResource.policyName('camera') }]));

    expect(typesById()).toEqual({
      ...before,
      FleetAuditSuppressions98732F9F: SUPPRESSIONS,
      CdkIotFleetAuditCustomResourcesPoliciesSuppressFindingsA032F5AD: 'AWS::IAM::Policy',
    });
    expect(onlyResource(stack, SUPPRESSIONS).Properties.Suppressions).toEqual([
      expect.objectContaining({ Resource: { policyName: 'gateway' } }),
      expect.objectContaining({ Resource: { policyName: 'door' } }),
      expect.objectContaining({ Resource: { policyName: 'camera' } }),
    ]);
  });

  test('changes nothing else in the template but what the audit waits for', () => {
    new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.gate() });
    const before = resources();
    stack = new Stack(new App(), 'Stack', { env: ENV });
    new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.gate() }).addSuppression(GATEWAY);
    const after = resources();
    const [auditId, audit] = Object.entries(before).find(([, { Type }]) => Type === AUDIT)!;

    expect(after).toMatchObject({
      ...before,
      [auditId]: { ...audit, DependsOn: [...audit.DependsOn!, 'FleetAuditSuppressions98732F9F'] },
    });
    expect(after[auditId].Properties).toEqual(audit.Properties);
  });

  test.each<[string, FleetAuditProps]>([
    ['a native configuration', {}],
    ['an adopted configuration', { existing: ExistingConfiguration.adopt() }],
    ['a gate', { deploymentAudit: DeploymentAudit.gate() }],
    ['an audit that is waited for', { deploymentAudit: DeploymentAudit.waitForCompletion() }],
  ])('come after the configuration and before the audit: %s', (_, props) => {
    const audit = new FleetAudit(stack, 'FleetAudit', props);
    audit.addSuppression(GATEWAY);
    const configuration = stack.resolve(
      (audit.configuration.node.defaultChild as CfnPolicy).ref,
    );

    expect(onlyResource(stack, SUPPRESSIONS).Properties.Configuration).toEqual(configuration);
    expect(onlyResource(stack, AUDIT).DependsOn).toContain('FleetAuditSuppressions98732F9F');
  });

  test('need no audit at deployment', () => {
    new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.none() }).addSuppression(GATEWAY);

    Template.fromStack(stack).resourceCountIs(SUPPRESSIONS, 1);
    Template.fromStack(stack).resourceCountIs(AUDIT, 0);
  });

  test('follow policies again whenever the audit is triggered', () => {
    new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.gate({ trigger: 'commit 4f2a' }) })
      .addSuppression(GATEWAY);

    expect(onlyResource(stack, SUPPRESSIONS).Properties.Trigger).toBe('commit 4f2a');
  });

  test('come after a policy of the stack', () => {
    const policy = new CfnPolicy(stack, 'Policy', { policyDocument: {} });
    new FleetAudit(stack, 'FleetAudit').addSuppression({ ...GATEWAY, resource: SuppressedResource.policy(policy) });

    expect(onlyResource(stack, SUPPRESSIONS).Properties.Suppressions)
      .toEqual([expect.objectContaining({ Resource: { policyName: { Ref: 'Policy' } } })]);
  });

  test('fail for a check that the fleet\'s configuration does not enable', () => {
    const audit = new FleetAudit(stack, 'FleetAudit', { checks: [AuditCheck.LOGGING_DISABLED] });

    expect(() => audit.addSuppression(GATEWAY)).toThrow(new Error(
      "Stack/FleetAudit/Suppressions: 'checks' must be enabled by Stack/FleetAudit/Configuration, got "
        + 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK; enable them in the configuration, or leave them out here',
    ));
  });

  test('fail for what another construct of the stack suppresses', () => {
    const audit = new FleetAudit(stack, 'FleetAudit');
    new AuditSuppressions(stack, 'Team', { configuration: audit.configuration, suppressions: [GATEWAY] });

    expect(() => audit.addSuppression(GATEWAY)).toThrow(/beside suppressions\[0\] of Stack\/Team; keep one of the two$/);
  });

  test('fail as an empty list', () => {
    new FleetAudit(stack, 'FleetAudit').addSuppressions(SuppressionList.of([]));

    expect(() => Template.fromStack(stack)).toThrow(/\[Stack\/FleetAudit\/Suppressions\] 'suppressions' must hold/);
  });
});
