import { randomUUID } from 'node:crypto';
import promises, { FileHandle } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { ResourceIdentifier } from '@aws-sdk/client-iot';
import type { PlantedFinding } from '../../../rehearsal/device-defender/fleet';
import { DeviceDefenderOptions } from '../../../rehearsal/device-defender/server';
import { duringInvocation } from '../../../rehearsal/services/in-process-invocation';
import { MessageServices, queueEvent } from '../../events/handler/message-services';
import { FunctionEnvironment } from '../../support/function-environment';

export const BUCKET = 'archive';

/** What the names of all files begin with: the account and the region of the stand-in. */
export const PLACE = '123456789012.eu-west-1';

export const SCHEDULE = 'daily';
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** A row of a file, as JSON has it. */
export type ArchivedRow = Readonly<Record<string, unknown>>;

/** An account with a scheduled audit, and a bucket for what it finds. */
export class ArchiveEnvironment {
  /** @param checks that are audited */
  static async start(checks: readonly string[], options: DeviceDefenderOptions = {}): Promise<ArchiveEnvironment> {
    const env = await FunctionEnvironment.start(options);
    await env.enableChecks(...checks);
    env.iot.ask('CreateScheduledAudit', {
      scheduledAuditName: SCHEDULE, frequency: 'DAILY', targetCheckNames: [...checks],
    });
    return new ArchiveEnvironment(env);
  }

  /** Files that invocations have opened. One that is killed leaves its own open, since its process goes on here. */
  private readonly files: FileHandle[] = [];

  private constructor(readonly env: FunctionEnvironment) {
    const { open } = promises;
    jest.spyOn(promises, 'open').mockImplementation(async (...args) => {
      const file = await open(...args);
      this.files.push(file);
      return file;
    });
  }

  /** Runs the scheduled audit to its end. */
  audit(): string {
    const taskId = this.env.iot.runScheduledAudit(SCHEDULE);
    this.env.time.pass(MINUTE);
    return taskId;
  }

  plant(...findings: PlantedFinding[]): void {
    findings.forEach((finding) => this.env.iot.fleet.plant(finding));
  }

  repair({ checkName, resourceIdentifier }: PlantedFinding): void {
    const planted = this.env.iot.fleet.plantedFor(checkName) as PlantedFinding[];
    const index = planted.findIndex((one) =>
      JSON.stringify(one.resourceIdentifier) === JSON.stringify(resourceIdentifier));
    planted.splice(index, 1);
  }

  suppress(checkName: string, resourceIdentifier: ResourceIdentifier): void {
    this.env.iot.ask('CreateAuditSuppression', {
      checkName, resourceIdentifier, suppressIndefinitely: true, clientRequestToken: randomUUID(),
    });
  }

  /** Delivers the message that asks for an archive. */
  async archive(taskId: string, request: object = {}): Promise<void> {
    await this.deliver({ archiveFindings: { bucketName: BUCKET, prefix: '', taskId, ...request } });
  }

  async deliver(message: unknown): Promise<void> {
    await this.env.dispatch(queueEvent(JSON.stringify(message)), new MessageServices());
  }

  /** Kills an invocation as soon as a stand-in has received a number of calls: what it does then has no effect. */
  async kill(taskId: string, afterCalls: number): Promise<'killed' | 'ended'> {
    const invocation = { id: 'killed', isDead: false };
    let calls = 0;
    const stop = new Promise<'killed'>((resolve) => {
      const concerns = () => {
        if (calls++ === afterCalls) {
          invocation.isDead = true;
          resolve('killed');
        }
        return false;
      };
      this.env.iot.faults.add({ kind: 'hang', concerns, times: Infinity });
      this.env.services.faults.add({ kind: 'hang', concerns, times: Infinity });
    });
    const end = duringInvocation(invocation, () => this.archive(taskId)).then(() => 'ended' as const);
    const result = await Promise.race([stop, end]);
    this.env.iot.faults.clear();
    this.env.services.faults.clear();
    // Time does not wait for the killed one.
    if (result === 'killed') void this.env.time.waitFor(new Promise(() => undefined));
    return result;
  }

  get keys(): string[] {
    return this.env.services.buckets.objectsOf(BUCKET).map(({ key }) => key);
  }

  /** The rows of all files of a table. */
  rowsOf(table: 'findings' | 'checks'): ArchivedRow[] {
    return this.env.services.buckets.objectsOf(BUCKET).filter(({ key }) => key.startsWith(`${table}/`))
      .flatMap(({ body }) => linesOf(body).map((line) => JSON.parse(line) as ArchivedRow));
  }

  async stop(): Promise<void> {
    await this.env.stop();
    jest.mocked(promises.open).mockRestore();
    await Promise.all(this.files.map(async (file) => file.close()));
  }
}

export function linesOf(body: Buffer): string[] {
  const lines = gunzipSync(body).toString().split('\n');
  // The last line ends, too.
  return lines.slice(0, -1);
}
