/**
 * What the integration tests share: apps, cases, and an audit that a case starts.
 *
 * An account has one audit configuration and one logging in each region. Each case defines its own by CloudFormation's
 * resource, which fails before it changes anything if the account has one already: so no case runs in an account that
 * somebody else uses, and each leaves the account as it found it.
 */
import { ExpectedResult, IApiCall, IDeployAssert, IntegTest, IntegTestCaseStack } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AuditCheck, DeploymentAudit, FleetAudit, FleetAuditProps } from '../../src';

/** An audit of an account with few devices takes minutes. */
const WAIT = { totalTimeout: Duration.minutes(30), interval: Duration.seconds(30) };

/** What a stack defines, and the calls that check it once it is deployed. */
export interface Case {
  readonly name: string;
  readonly define: (stack: Stack) => (assertions: IDeployAssert) => void;
}

export function caseOf<T>(
  name: string, define: (stack: Stack) => T, check: (assertions: IDeployAssert, defined: T) => void,
): Case {
  return {
    name,
    define: (stack) => {
      const defined = define(stack);
      return (assertions) => check(assertions, defined);
    },
  };
}

/** Makes the app an integration test: the runner deploys, checks and destroys one case after another. */
export function integrationTest(app: App, first: Case, ...others: Case[]): void {
  const check = first.define(new Stack(app, `cdk-iot-fleet-audit-${first.name}`));
  for (const { name, define } of others) {
    const stack = new IntegTestCaseStack(app, `cdk-iot-fleet-audit-${name}`, { diffAssets: false });
    // Not `stack.assertions`: no case of the manifest names the stack of those.
    define(stack)(stack._testCase.assertions);
  }
  const testCases = app.node.children.filter((child): child is Stack => Stack.isStack(child));
  check(new IntegTest(app, 'IntegTest', { testCases, diffAssets: false }).assertions);
}

/** A fleet audit that goes with its stack, for what needs one. */
export function auditThatGoes(scope: Construct, props: FleetAuditProps = {}): FleetAudit {
  return new FleetAudit(scope, 'FleetAudit', {
    schedules: [], deploymentAudit: DeploymentAudit.none(), removalPolicy: RemovalPolicy.DESTROY, ...props,
  });
}

/** Starts an audit, as a person would, and waits until it is completed. */
export function auditNow(assertions: IDeployAssert, check: AuditCheck = AuditCheck.LOGGING_DISABLED): IApiCall {
  const started = assertions.awsApiCall('iot', 'startOnDemandAuditTask', { targetCheckNames: [check.checkName] });
  return started.next(waitUntil(
    assertions.awsApiCall('iot', 'describeAuditTask', { taskId: started.getAttString('taskId') }),
    { taskStatus: 'COMPLETED' },
  ));
}

/** Waits until a call answers with what is expected. */
export function waitUntil(call: IApiCall, expected: Record<string, unknown>): IApiCall {
  return call.expect(ExpectedResult.objectLike(expected)).waitForAssertions(WAIT);
}
