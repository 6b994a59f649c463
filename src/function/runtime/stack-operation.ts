import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { AwsCalls, asError, describeError } from './aws-calls';
import { CustomResourceEvent } from './custom-resource-event';
import { log } from './log';
import { RequestCancelled } from './request-failure';

/** A resource that a stack has at the moment. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;

  /** True if it is on its way out, or was to be deleted and could not. */
  readonly isLeaving: boolean;
}

/** The way that a stack goes: on to its new template, back to the one before, or not known. */
export type Direction = 'forward' | 'back' | 'unknown';

/** A look at the stack. */
interface Look {
  readonly status: string;

  /** When the operation began that the stack is in, in milliseconds since 1970. */
  readonly startedAt?: number;
}

/** For a question whose answer is good to have, and for one that decides what to do. */
const SHORT_PATIENCE = 20_000;
const LONG_PATIENCE = 120_000;

/**
 * The operation of the stack that a request is part of.
 *
 * CloudFormation does not tell a request that it is cancelled, and begins the rollback while the request still runs. So
 * a request looks at the stack before each change: a creation never belongs to a rollback, and an update in a rollback is
 * the rollback's own only if CloudFormation updates its resource at the moment.
 */
export class StackOperation {
  private first?: Look;

  private known: Direction = 'unknown';

  private isFinal = false;

  constructor(
    private readonly event: CustomResourceEvent, private readonly calls: AwsCalls,
    private readonly cloudFormation: CloudFormationClient, private readonly until: number,
  ) {}

  public get direction(): Direction {
    return this.known;
  }

  /** The status when the request was begun; undefined if CloudFormation did not tell it. */
  public get status(): string | undefined {
    return this.first?.status;
  }

  /** When the operation began, in milliseconds since 1970; undefined if CloudFormation did not tell it. */
  public get startedAt(): number | undefined {
    return this.first?.startedAt;
  }

  /**
   * Looks at the stack for the first time.
   *
   * @throws RequestCancelled if CloudFormation no longer waits for the request
   */
  public async begin(): Promise<void> {
    const look = await this.look(this.event.RequestType === 'Create' ? SHORT_PATIENCE : LONG_PATIENCE);
    if (look) {
      await this.judge(look, 'nothing was done because ');
    }
  }

  /**
   * Looks again. A look that fails proves nothing.
   *
   * @throws RequestCancelled if CloudFormation no longer waits for the request
   */
  public async requireWanted(): Promise<void> {
    if (this.event.RequestType === 'Delete' || this.isFinal) {
      return;
    }
    const look = await this.look(0);
    if (!look) {
      return;
    }
    if (!this.first) {
      await this.judge(look);
      return;
    }
    const isSameOperation = look.startedAt === this.first.startedAt;
    const isSameDirection = this.known === 'back' ? isRollback(look.status) : isForward(look.status);
    if (!isSameOperation || !isSameDirection) {
      throw cancelled(look.status);
    }
  }

  /** True if the stack rolls back, or has, and is in no other operation by now. */
  public async isLeftBehind(): Promise<boolean> {
    const look = await this.look(SHORT_PATIENCE);
    return look !== undefined && /ROLLBACK/.test(look.status) && look.startedAt === this.first?.startedAt;
  }

  /** Takes a request for one of the rollback, in which it cannot be cancelled. */
  public goBack({ first }: StackOperation): void {
    this.first = { ...first, status: 'ROLLBACK_IN_PROGRESS' };
    this.known = 'back';
    this.isFinal = true;
  }

  /** The resources of the stack, as CloudFormation sees them at the moment. */
  public async resources(): Promise<StackResource[]> {
    const until = Math.min(this.until, this.calls.clock.now() + LONG_PATIENCE);
    const resources: StackResource[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.calls.persistently({ until }, (options) => this.cloudFormation.send(
        new ListStackResourcesCommand({ StackName: this.event.StackId, NextToken }), options));
      for (const { LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? []) {
        const status: string = ResourceStatus!;
        resources.push({
          logicalId: LogicalResourceId!, type: ResourceType!, physicalId: PhysicalResourceId, status, isLeaving: status.startsWith('DELETE'),
        });
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return resources;
  }

  private async judge(look: Look, meaning = ''): Promise<void> {
    this.first = look;
    const { RequestType } = this.event;
    if (RequestType === 'Delete') {
      return;
    }
    if (isForward(look.status)) {
      this.known = 'forward';
    } else if (RequestType === 'Update' && isRollback(look.status) && await this.isUpdatedNow()) {
      this.known = 'back';
    } else {
      throw cancelled(look.status, meaning);
    }
  }

  /** A rollback that is not allowed to succeed leaves a stuck stack, so in doubt the request is the rollback's. */
  private async isUpdatedNow(): Promise<boolean> {
    try {
      const own = (await this.resources()).find(({ logicalId }) => logicalId === this.event.LogicalResourceId);
      return own === undefined || own.status === 'UPDATE_IN_PROGRESS';
    } catch (error) {
      log('resources of the stack not known', { error: describeError(asError(error)) });
      return true;
    }
  }

  private async look(patience: number): Promise<Look | undefined> {
    const until = Math.min(this.until, this.calls.clock.now() + patience);
    try {
      const { Stacks: [stack] = [] } = await this.calls.persistently({ until }, (options) => this.cloudFormation.send(
        new DescribeStacksCommand({ StackName: this.event.StackId }), options));
      return stack && { status: stack.StackStatus!, startedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.getTime() };
    } catch (error) {
      log('stack status not known', { error: describeError(asError(error)) });
      return undefined;
    }
  }
}

function isForward(status: string): boolean {
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(status);
}

function isRollback(status: string): boolean {
  return /ROLLBACK.*IN_PROGRESS$/.test(status);
}

function cancelled(status: string, meaning = ''): RequestCancelled {
  return new RequestCancelled(meaning + (/ROLLBACK|DELETE/.test(status) ? 'the stack rolls back'
    : `CloudFormation no longer waits for it, the stack being in ${status}`));
}
