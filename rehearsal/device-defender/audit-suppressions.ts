import type {
  AuditSuppression, CreateAuditSuppressionRequest, ListAuditSuppressionsRequest, ResourceIdentifier,
  UpdateAuditSuppressionRequest,
} from '@aws-sdk/client-iot';
import type { Account } from './account';
import type { AccountAuditConfiguration } from './account-audit-configuration';
import { resourceKey } from './audit-findings';
import { CheckFacts, CheckName, factsOf, requireCheck } from './checks/check-catalog';
import type { NonCompliance } from './checks/rule';
import type { Handlers } from './operations';
import { pageOf } from './paging';
import { ServiceError, invalidRequest, notFound } from './service-error';

interface Suppression {
  readonly checkName: CheckName;
  readonly resourceIdentifier: ResourceIdentifier;
  readonly clientRequestToken: string;
  expirationDate?: Date;
  suppressIndefinitely?: boolean;
  description?: string;
}

type Own =
  | 'CreateAuditSuppression'
  | 'UpdateAuditSuppression'
  | 'DescribeAuditSuppression'
  | 'DeleteAuditSuppression'
  | 'ListAuditSuppressions';
type Identity = { checkName: string | undefined; resourceIdentifier: ResourceIdentifier | undefined };

/** The fate of a suppression whose time is over: AWS documents neither. */
export type ExpiredSuppressions = 'stay' | 'disappear';

export class AuditSuppressions implements Handlers<Own> {
  private readonly stored = new Map<string, Suppression>();

  constructor(
    private readonly account: Account, private readonly configuration: AccountAuditConfiguration,
    private readonly expired: ExpiredSuppressions,
  ) {}

  private get suppressions(): Map<string, Suppression> {
    if (this.expired === 'disappear') {
      for (const [key, suppression] of this.stored) {
        if (this.isOver(suppression)) this.stored.delete(key);
      }
    }
    return this.stored;
  }

  /** Which of the resources are suppressed now. */
  among(checkName: CheckName, nonCompliances: readonly NonCompliance[]): ReadonlySet<number> {
    const suppressed = new Set<number>();
    const active = new Set(
      [...this.suppressions.values()]
        .filter((one) => one.checkName === checkName && !this.isOver(one))
        .map(({ resourceIdentifier }) => resourceKey(resourceIdentifier)),
    );
    if (active.size === 0) return suppressed;
    nonCompliances.forEach(({ resourceIdentifier }, index) => {
      if (active.has(resourceKey(resourceIdentifier))) suppressed.add(index);
    });
    return suppressed;
  }

  readonly CreateAuditSuppression = (input: CreateAuditSuppressionRequest) => {
    const { expirationDate, suppressIndefinitely, description, clientRequestToken } = input;
    const [key, checkName, resourceIdentifier] = this.identify(input);
    this.configuration.requireEnabled([checkName]);
    this.requireEnd(expirationDate, suppressIndefinitely);
    // A repeated token is documented to cause "an exception"; which one is unverified.
    const tokenUsed = [...this.suppressions.values()].some((other) => other.clientRequestToken === clientRequestToken);
    if (this.suppressions.has(key) || tokenUsed) {
      throw new ServiceError(
        'ResourceAlreadyExistsException', `A suppression of ${checkName} for this resource already exists.`,
      );
    }
    this.suppressions.set(key, {
      checkName, resourceIdentifier, expirationDate, suppressIndefinitely, description,
      clientRequestToken: clientRequestToken!,
    });
    return {};
  };

  readonly UpdateAuditSuppression = (input: UpdateAuditSuppressionRequest) => {
    const suppression = this.require(input);
    const { expirationDate, suppressIndefinitely, description } = input;
    // One way of ending replaces the other; nothing given keeps the one there is.
    if (expirationDate !== undefined || suppressIndefinitely !== undefined) {
      this.requireEnd(expirationDate, suppressIndefinitely);
      suppression.expirationDate = expirationDate;
      suppression.suppressIndefinitely = suppressIndefinitely;
    }
    suppression.description = description ?? suppression.description;
    return {};
  };

  readonly DescribeAuditSuppression = (input: Identity) => shown(this.require(input));

  /** Has no ResourceNotFoundException in the model, so deleting what is not there succeeds. */
  readonly DeleteAuditSuppression = (input: Identity) => {
    this.suppressions.delete(this.identify(input)[0]);
    return {};
  };

  readonly ListAuditSuppressions = (input: ListAuditSuppressionsRequest) => {
    const { checkName, resourceIdentifier, ascendingOrder = true } = input;
    if (checkName !== undefined) requireCheck(this.account.region, checkName);
    const wanted = resourceIdentifier === undefined ? undefined : resourceKey(resourceIdentifier);
    const end = ({ expirationDate }: Suppression) => expirationDate?.getTime() ?? Number.MAX_SAFE_INTEGER;
    const listed = [...this.suppressions.values()]
      .filter(
        (one) =>
          (checkName === undefined || one.checkName === checkName)
          && (wanted === undefined || resourceKey(one.resourceIdentifier) === wanted),
      )
      .sort((one, other) => (ascendingOrder ? 1 : -1) * (end(one) - end(other)))
      .map((suppression, number) => ({ number, suppression }));
    const { page, nextToken } = pageOf(`suppressions ${checkName} ${wanted} ${ascendingOrder}`, listed, input);
    return { suppressions: page.map(({ suppression }) => shown(suppression)), nextToken };
  };

  private isOver({ expirationDate }: Suppression): boolean {
    return expirationDate !== undefined && expirationDate.getTime() <= this.account.clock.now();
  }

  private identify({
    checkName, resourceIdentifier,
  }: Identity): [key: string, checkName: CheckName, identifier: ResourceIdentifier] {
    const name = requireCheck(this.account.region, checkName!);
    requireIdentifierOf(factsOf(name), name, resourceIdentifier!);
    return [`${name} ${resourceKey(resourceIdentifier!)}`, name, resourceIdentifier!];
  }

  private require(input: Identity): Suppression {
    const [key, checkName] = this.identify(input);
    const suppression = this.suppressions.get(key);
    if (suppression === undefined) throw notFound(`No suppression of ${checkName} for this resource exists.`);
    return suppression;
  }

  /** Exactly one way of ending, and not in the past: inferred from the console, the API states neither. */
  private requireEnd(expirationDate: Date | undefined, suppressIndefinitely: boolean | undefined): void {
    if ((expirationDate === undefined) !== (suppressIndefinitely ?? false)) {
      throw invalidRequest('Either an expirationDate or suppressIndefinitely must be given, but not both.');
    }
    if (expirationDate !== undefined && expirationDate.getTime() <= this.account.clock.now()) {
      throw invalidRequest('The expirationDate must be in the future.');
    }
  }
}

function shown({ clientRequestToken: _token, ...suppression }: Suppression): AuditSuppression {
  return suppression;
}

/** A suppression names a resource the way the findings of its check do: inferred from the documented table. */
function requireIdentifierOf({ identifierKey }: CheckFacts, checkName: string, identifier: ResourceIdentifier): void {
  const given = Object.entries(identifier).filter(([, member]) => member !== undefined).map(([name]) => name);
  if (given.length !== 1 || given[0] !== identifierKey) {
    throw invalidRequest(`The resourceIdentifier for ${checkName} must have the member ${identifierKey} only.`);
  }
}
