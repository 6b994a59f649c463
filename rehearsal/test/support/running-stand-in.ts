import {
  IoTClient, IoTClientConfig, ListAuditFindingsCommand, UpdateAccountAuditConfigurationCommand, AuditFinding,
} from '@aws-sdk/client-iot';
import { DeviceDefenderOptions, DeviceDefenderServer } from '../../device-defender/server';
import { CLIENT_CONFIG } from '../../services/client-config';

const ended: (() => void | Promise<void>)[] = [];

/** Starts a stand-in with an SDK client for it; both end after the test. */
export async function startStandIn(
  options: DeviceDefenderOptions = {},
): Promise<{ server: DeviceDefenderServer; client: IoTClient }> {
  const server = await DeviceDefenderServer.start(options);
  ended.push(() => server.stop());
  return { server, client: clientFor(server) };
}

/** A client that does not retry, so that a test sees every answer. */
export function clientFor(server: DeviceDefenderServer, config: IoTClientConfig = {}): IoTClient {
  const client = new IoTClient({
    ...CLIENT_CONFIG,
    endpoint: server.endpoint,
    region: server.region,
    ...config,
  });
  ended.push(() => client.destroy());
  return client;
}

/** To be called after each test. */
export async function endAll(): Promise<void> {
  while (ended.length > 0) await ended.pop()!();
}

export const AUDIT_ROLE = 'arn:aws:iam::123456789012:role/AuditRole';
export const NOTIFICATION_ROLE = 'arn:aws:iam::123456789012:role/NotificationRole';
export const ACTION_ROLE = 'arn:aws:iam::123456789012:role/ActionRole';
export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:audits';

export async function enableChecks(client: IoTClient, ...checks: string[]): Promise<void> {
  await client.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: AUDIT_ROLE,
    auditCheckConfigurations: Object.fromEntries(checks.map((check) => [check, { enabled: true }])),
  }));
}

export async function findingsOf(client: IoTClient, taskId: string): Promise<AuditFinding[]> {
  const { findings } = await client.send(new ListAuditFindingsCommand({ taskId, maxResults: 250 }));
  return findings ?? [];
}

/** A certificate id made from a number. */
export function certificateId(number: number): string {
  return number.toString(16).padStart(64, '0');
}

/** The error a call ends with; fails if it succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<Error & { $metadata?: { httpStatusCode?: number } }> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error('The call was expected to fail.');
}

/** Waits until a condition holds, for the real clock. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('The condition did not become true.');
}
