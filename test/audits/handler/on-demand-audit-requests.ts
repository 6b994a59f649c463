import { Answer } from '../../../rehearsal/services/surrounding-services';
import { OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';
import { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';
import { FunctionEnvironment } from '../../support/function-environment';

export const SECOND = 1_000;
export const MINUTE = 60_000;

export const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
export const LOGGING = 'LOGGING_DISABLED_CHECK';
export const AGE = 'DEVICE_CERTIFICATE_AGE_CHECK';

/** An audit of two checks that the deployment does not wait for. */
export const START: OnDemandAuditProperties = {
  Checks: [{ Name: SHARED, Severity: 'CRITICAL' }, { Name: LOGGING, Severity: 'LOW' }],
  Mode: WaitMode.START,
};

/** The same audit, awaited for half an hour. */
export const WAIT: OnDemandAuditProperties = {
  ...START, Mode: WaitMode.WAIT, TimeoutSeconds: '1800', FailOnTimeout: 'true',
};

/** Invokes the function with an event, and returns its answer. There must be exactly one. */
export async function answerTo(environment: FunctionEnvironment, event: CustomResourceEvent): Promise<Answer> {
  const before = environment.answers.length;
  await environment.invoke(event);
  const answers = environment.answers.slice(before);
  expect(answers).toHaveLength(1);
  return answers[0];
}

export function create(environment: FunctionEnvironment, ResourceProperties: OnDemandAuditProperties): Promise<Answer> {
  return answerTo(environment, environment.event({ ResourceProperties }));
}

export function update(
  environment: FunctionEnvironment, PhysicalResourceId: string, ResourceProperties: OnDemandAuditProperties,
): Promise<Answer> {
  return answerTo(
    environment,
    environment.event({ RequestType: 'Update', PhysicalResourceId, ResourceProperties, OldResourceProperties: {} }),
  );
}

export function remove(environment: FunctionEnvironment, PhysicalResourceId: string): Promise<Answer> {
  return answerTo(
    environment, environment.event({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: START }),
  );
}

/** Lets something happen while an invocation that has begun waits. */
export function meanwhile(environment: FunctionEnvironment, after: number, happen: () => unknown): Promise<void> {
  return environment.time.during(async () => {
    await environment.time.sleep(after);
    await happen();
  });
}

/** The statuses of all audits so far, in the order of their starts. */
export function statusesOf(environment: FunctionEnvironment): string[] {
  return environment.iot.audits.map(({ status }) => status);
}

/** The advice for a missing permission. */
export const MISSING_PERMISSION = '; allow the function\'s role what the policies beside it list, '
  + 'and look for a service control policy or '
  + 'permissions boundary that denies it (a new permission may take 2 minutes to be known everywhere)';
