import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { AwsCalls } from './aws-calls';
import { CustomResourceEvent } from './custom-resource-event';
import { log } from './log';
import { RequestCancelled } from './request-failure';

/** A resource that a stack has at the moment. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;

  /** True if it is being deleted, or was to be deleted and could not. */
  readonly isLeaving: boolean;
}

/** The resources that the stack of a request has at the moment. */
export class StackResources {
  constructor(private readonly event: CustomResourceEvent, private readonly resources: readonly StackResource[] = []) {}

  /** The resource that the request is for; undefined if CloudFormation does not list it. */
  public get own(): StackResource | undefined {
    return this.resources.find(({ logicalId }) => logicalId === this.event.LogicalResourceId);
  }

  /** Other resources of the same type that stay: after its construct was renamed, a resource has another logical id. */
  public get alike(): readonly StackResource[] {
    return this.ofType(this.event.ResourceType)
      .filter(({ logicalId, isLeaving }) => logicalId !== this.event.LogicalResourceId && !isLeaving);
  }

  public ofType(wanted: string): readonly StackResource[] {
    return this.resources.filter(({ type }) => type === wanted);
  }
}

/** The direction of a stack: forward to its new template, back to the one before, or not known. */
export type Direction = 'forward' | 'back' | 'unknown';

/** A look at the stack. */
interface Look {
  readonly status: string;

  /** The beginning of the operation that the stack is in, in milliseconds since 1970. */
  readonly startedAt?: number;
}

/** Milliseconds for a question whose answer is good to have, and for one that decides what to do. */
const SHORT_PATIENCE = 20_000;
const LONG_PATIENCE = 120_000;

/**
 * The operation of the stack that a request is part of.
 *
 * CloudFormation does not tell a request that it is cancelled, and begins the rollback while the request still runs. So
 * a request looks at the stack before each change. A creation never belongs to a rollback. An update in a rollback is
 * the rollback's own only if CloudFormation updates its resource at the moment.
 */
export class StackOperation {
  private first?: Look;
  private known: Direction;
  private isFinal = false;

  constructor(
    private readonly event: CustomResourceEvent, private readonly calls: AwsCalls,
    private readonly cloudFormation: CloudFormationClient, private readonly until: number,
  ) {
    this.known = event.RequestType === 'Create' ? 'forward' : 'unknown';
  }

  public get direction(): Direction {
    return this.known;
  }

  /**
   * True for an update or a delete of a rollback, or of what may be one: an update must then succeed, or the stack is
   * stuck.
   */
  public get mayGoBack(): boolean {
    return this.known !== 'forward';
  }

  /** The beginning of the operation, in milliseconds since 1970; undefined if CloudFormation did not tell it. */
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
    const isSameDirection = this.known === 'back' ? isGoingBack(look.status) : isGoingForward(look.status);
    if (look.startedAt !== this.first.startedAt || !isSameDirection) {
      throw cancelled(look.status);
    }
  }

  /** True if the stack rolls back or has rolled back, and is in no other operation by now. */
  public async isLeftBehind(): Promise<boolean> {
    const look = await this.look(SHORT_PATIENCE);
    return look !== undefined && hasGoneBack(look.status) && look.startedAt === this.startedAt;
  }

  /** Takes the request for one of the rollback of another request's operation, in which it cannot be cancelled. */
  public goBack({ first }: StackOperation): void {
    this.first = first;
    this.known = 'back';
    this.isFinal = true;
  }

  /** The resources of the stack, as CloudFormation sees them at the moment. */
  public async resources(): Promise<StackResources> {
    const until = Math.min(this.until, this.calls.clock.now() + LONG_PATIENCE);
    const resources: StackResource[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.calls.persistently({ until }, (options) => this.cloudFormation.send(
        new ListStackResourcesCommand({ StackName: this.event.StackId, NextToken }), options));
      resources.push(...(page.StackResourceSummaries ?? []).map((resource) => ({
        logicalId: resource.LogicalResourceId!,
        type: resource.ResourceType!,
        physicalId: resource.PhysicalResourceId,
        status: resource.ResourceStatus!,
        isLeaving: resource.ResourceStatus!.startsWith('DELETE'),
      })));
      NextToken = page.NextToken;
    } while (NextToken);
    return new StackResources(this.event, resources);
  }

  /** The resources of the stack; none if CloudFormation does not tell them. */
  public async resourcesIfKnown(): Promise<StackResources> {
    return this.resources().catch((error) => {
      log('resources of the stack not known', { error });
      return new StackResources(this.event);
    });
  }

  private async judge(look: Look, meaning = ''): Promise<void> {
    this.first = look;
    const { RequestType } = this.event;
    if (RequestType === 'Delete') {
      this.known = hasGoneBack(look.status) ? 'back' : 'forward';
    } else if (isGoingForward(look.status)) {
      this.known = 'forward';
    } else if (RequestType === 'Update' && isGoingBack(look.status) && await this.isUpdatedNow()) {
      this.known = 'back';
    } else {
      throw cancelled(look.status, meaning);
    }
  }

  /** A rollback that is not allowed to succeed leaves a stuck stack, so in doubt the request is the rollback's. */
  private async isUpdatedNow(): Promise<boolean> {
    const { own } = await this.resourcesIfKnown();
    return own === undefined || own.status === 'UPDATE_IN_PROGRESS';
  }

  private async look(patience: number): Promise<Look | undefined> {
    const until = Math.min(this.until, this.calls.clock.now() + patience);
    try {
      const { Stacks: [stack] = [] } = await this.calls.persistently({ until }, (options) => this.cloudFormation.send(
        new DescribeStacksCommand({ StackName: this.event.StackId }), options));
      return stack && {
        status: stack.StackStatus!, startedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.getTime(),
      };
    } catch (error) {
      log('stack status not known', { error });
      return undefined;
    }
  }
}

function isGoingForward(status: string): boolean {
  return /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(status);
}

function isGoingBack(status: string): boolean {
  return hasGoneBack(status) && status.endsWith('IN_PROGRESS');
}

/** True for a stack that rolls back, or has. */
function hasGoneBack(status: string): boolean {
  return status.includes('ROLLBACK');
}

function cancelled(status: string, meaning = ''): RequestCancelled {
  return new RequestCancelled(meaning + (hasGoneBack(status) || status.startsWith('DELETE') ? 'the stack rolls back'
    : `CloudFormation no longer waits for it, the stack being in ${status}`));
}
