import { createHash } from 'node:crypto';
import {
  AuditSuppression, CreateAuditSuppressionCommand, DeleteAuditSuppressionCommand,
  DescribeAccountAuditConfigurationCommand, DescribeAuditSuppressionCommand, GetPolicyCommand,
  ListAuditSuppressionsCommand, ResourceIdentifier, UpdateAuditSuppressionCommand,
} from '@aws-sdk/client-iot';
import { Content, Subject, isOfPolicy, isSame, keyOf } from './suppression';
import { CallOptions } from '../../function/runtime/aws-calls';
import { asError } from '../../function/runtime/log';
import { FunctionClients, Request } from '../../function/runtime/request';

/** A suppression that the account has. */
export interface LiveSuppression extends Subject {
  readonly content: Content;
}

/** AWS allows ten calls a second for suppressions of an account and region, and others may call, too. */
const PACE = 125;

const LONGEST_PAGE = 250;

/** The account's suppressions, through the API. */
export class AccountSuppressions {
  private calledAt = -Infinity;

  constructor(private readonly request: Request) {}

  /** The checks that are enabled. */
  public async enabledChecks(): Promise<ReadonlySet<string>> {
    const { auditCheckConfigurations: checks = {} } = await this.request.ask(({ iot }, options) => iot.send(
      new DescribeAccountAuditConfigurationCommand({}), options));
    return new Set(Object.keys(checks).filter((name) => checks[name].enabled));
  }

  /** The default version of a policy; undefined if there is no such policy. */
  public async defaultVersion(policyName: string): Promise<string | undefined> {
    try {
      const { defaultVersionId } = await this.paced(({ iot }, options) => iot.send(
        new GetPolicyCommand({ policyName }), options));
      return defaultVersionId;
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** The suppressions of some checks. */
  public async list(checks: Iterable<string>): Promise<LiveSuppressions> {
    const found: LiveSuppression[] = [];
    for (const checkName of checks) {
      let nextToken: string | undefined;
      do {
        const page = await this.paced(({ iot }, options) => iot.send(
          new ListAuditSuppressionsCommand({ checkName, maxResults: LONGEST_PAGE, nextToken }), options));
        found.push(...(page.suppressions ?? []).map((suppression) => ({
          check: suppression.checkName!, resource: suppression.resourceIdentifier!, content: contentOf(suppression),
        })));
        nextToken = page.nextToken;
      } while (nextToken);
    }
    return new LiveSuppressions(found);
  }

  /** Creates a suppression, or gives the one that there is a content. */
  public async create(subject: Subject, content: Content): Promise<void> {
    try {
      await this.paced(({ iot }, options) => iot.send(new CreateAuditSuppressionCommand({
        ...identify(subject), ...render(content), description: content.description,
        clientRequestToken: this.tokenFor(subject),
      }), options), 'change');
    } catch (error) {
      if (asError(error).name !== 'ResourceAlreadyExistsException') {
        throw error;
      }
      // An attempt whose answer was lost, or somebody else at the same moment.
      if (!isSame(await this.describe(subject), content)) {
        await this.patch(subject, content);
      }
    }
  }

  /** Gives a suppression a content, and creates it if it is gone. */
  public async update(subject: Subject, content: Content): Promise<void> {
    try {
      await this.patch(subject, content);
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
      await this.create(subject, content);
    }
  }

  /** Deletes a suppression. AWS does not mind if it is gone. */
  public async delete(subject: Subject): Promise<void> {
    await this.paced(({ iot }, options) => iot.send(
      new DeleteAuditSuppressionCommand(identify(subject)), options), 'change')
      .catch((error) => {
        if (!isNotFound(error)) {
          throw error;
        }
      });
  }

  private async describe(subject: Subject): Promise<Content> {
    return contentOf(await this.paced(({ iot }, options) => iot.send(
      new DescribeAuditSuppressionCommand(identify(subject)), options)));
  }

  private async patch(subject: Subject, content: Content): Promise<void> {
    await this.paced(({ iot }, options) => iot.send(new UpdateAuditSuppressionCommand({
      // An update keeps what it does not name.
      ...identify(subject), ...render(content), description: content.description ?? '',
    }), options), 'change');
  }

  private async paced<Output>(
    call: (clients: FunctionClients, options: CallOptions) => Promise<Output>, kind: 'look' | 'change' = 'look',
  ): Promise<Output> {
    const { calls: { clock } } = this.request;
    await clock.sleep(Math.max(0, this.calledAt + PACE - clock.now()));
    this.calledAt = clock.now();
    return kind === 'change' ? this.request.changeOneOfMany(call) : this.request.ask(call);
  }

  /** The same for each attempt of a request, so that a suppression whose answer was lost is not made twice. */
  private tokenFor(subject: Subject): string {
    return createHash('sha256').update(`${this.request.event.RequestId} ${keyOf(subject)}`).digest('hex');
  }
}

/** The suppressions of some checks, as they are now. */
export class LiveSuppressions {
  private readonly byKey: ReadonlyMap<string, LiveSuppression>;

  constructor(suppressions: readonly LiveSuppression[]) {
    this.byKey = new Map(suppressions.map((suppression) => [keyOf(suppression), suppression]));
  }

  public content(subject: Subject): Content | undefined {
    return this.byKey.get(keyOf(subject))?.content;
  }

  /** Those of all versions of a policy. */
  public ofPolicy(check: string, policyName: string): LiveSuppression[] {
    return [...this.byKey.values()].filter((suppression) => isOfPolicy(suppression, check, policyName));
  }
}

function identify({ check, resource }: Subject): { checkName: string; resourceIdentifier: ResourceIdentifier } {
  return { checkName: check, resourceIdentifier: resource };
}

function render({ until }: Content): { expirationDate?: Date; suppressIndefinitely?: boolean } {
  return until === undefined ? { suppressIndefinitely: true } : { expirationDate: new Date(until) };
}

function contentOf({ description, expirationDate }: Pick<AuditSuppression, 'description' | 'expirationDate'>): Content {
  return {
    ...description && { description }, ...expirationDate && { until: expirationDate.getTime() },
  };
}

function isNotFound(error: unknown): boolean {
  return asError(error).name === 'ResourceNotFoundException';
}
