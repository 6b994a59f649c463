import { AuditFinding, ResourceIdentifier } from '@aws-sdk/client-iot';
import { AuditReader } from '../../function/runtime/audit-reader';
import { resourceName } from '../../function/runtime/resource-name';
import { shorten } from '../../private/printable';
import { MOST_FINDINGS_BY_ID, NamedResource } from '../protocol';
import { ConcernedCheck, concernsIssuers } from './concerned-checks';
import { certificateIdOf, Exceptions } from './exceptions';
import { certificatesBehind } from './issuer-certificates';
import { mayBeRepaired, RepairedResources, replacesPolicies } from './repaired-resources';

/** Resources that a plan names. */
export const NAMED_RESOURCES = 20;

/** Bytes of a reason. */
const LONGEST_REASON = 200;

/** The resources of a check that mitigation would reach. */
export interface AffectedResources {
  readonly count: number;

  /** True if counting stopped because the limit is exceeded. */
  readonly isMinimum: boolean;

  /** Findings to mitigate, in order; undefined for all findings of the check. */
  readonly findingIds?: readonly string[];

  /** Findings that the rule is about, excepted and repaired ones included; undefined if they were not read. */
  readonly findings?: number;
  readonly excepted?: number;
  readonly repaired?: number;

  /** Policies, if their default version is replaced. */
  readonly policies?: readonly string[];

  /** The first ones. */
  readonly resources: readonly NamedResource[];
}

export interface AffectedResourcesProps {
  readonly reader: AuditReader;
  readonly auditTaskId: string;
  readonly certificateArn: (id: string) => string;
}

/** Finds out what mitigation would reach: by the audit's own count, or by findings where some are left out. */
export class AffectedResourcesReader {
  private readonly repaired: RepairedResources;

  constructor(private readonly props: AffectedResourcesProps) {
    this.repaired = new RepairedResources(props.reader);
  }

  /**
   * @param allowed resources of the check; reading ends when there are more
   * @param handled policies that the plan replaces already
   */
  public async of(
    check: ConcernedCheck, allowed: number, handled: ReadonlySet<string> = new Set(),
  ): Promise<AffectedResources> {
    const { reader, certificateArn } = this.props;
    const exceptions = new Exceptions(reader, certificateArn, check.rule.exceptions);
    if (!isSelective(check, exceptions)) {
      return this.whole(check);
    }
    const selection = new Selection(allowed, replacesPolicies(check));
    for await (const finding of this.findingsOf(check)) {
      await this.judge(finding, check, { selection, exceptions, handled });
      if (selection.isOver) {
        break;
      }
    }
    return selection.result;
  }

  private async whole(check: ConcernedCheck): Promise<AffectedResources> {
    const resources: NamedResource[] = [];
    for await (const finding of this.findingsOf(check)) {
      resources.push(namedResource(finding));
      if (resources.length === NAMED_RESOURCES) {
        break;
      }
    }
    return { count: check.details.nonCompliantResourcesCount!, isMinimum: false, resources };
  }

  /** The findings that count. It repeats the filters of the list: what is mitigated must not depend on AWS alone. */
  private async *findingsOf({ checkName, rule: { reasonCodes } }: ConcernedCheck): AsyncGenerator<AuditFinding> {
    const { reader, auditTaskId } = this.props;
    for await (const finding of reader.findingsOf(auditTaskId, checkName, { suppressed: false })) {
      const isAmong = reasonCodes?.includes(finding.reasonForNonComplianceCode ?? '') ?? true;
      if (isAmong && finding.findingId && finding.checkName === checkName && !finding.isSuppressed) {
        yield finding;
      }
    }
  }

  private async judge(
    finding: AuditFinding, check: ConcernedCheck,
    { selection, exceptions, handled }: {
      readonly selection: Selection; readonly exceptions: Exceptions; readonly handled: ReadonlySet<string>;
    },
  ): Promise<void> {
    const identifier = finding.nonCompliantResource?.resourceIdentifier ?? {};
    const key = resourceKey(identifier);
    if (key !== undefined && selection.has(key)) {
      return selection.add(finding, [key]);
    }
    const isHandled = replacesPolicies(check) && key !== undefined && handled.has(key);
    if (isHandled || await this.repaired.has(identifier, check)) {
      return selection.leaveRepaired();
    }
    // Nobody can tell whether a resource without a name is an exception.
    if (!exceptions.isEmpty && (key === undefined || await exceptions.cover(identifier))) {
      return selection.leaveExcepted();
    }
    if (!concernsIssuers(check)) {
      return selection.add(finding, [key ?? finding.findingId!]);
    }
    const certificates = await this.certificatesOf(finding, selection, exceptions);
    return certificates ? selection.add(finding, certificates) : selection.leaveExcepted();
  }

  /** The device certificates behind an issuer, as far as the limit reaches; undefined if one is an exception. */
  private async certificatesOf(
    finding: AuditFinding, selection: Selection, exceptions: Exceptions,
  ): Promise<readonly string[] | undefined> {
    const certificates: string[] = [];
    for await (const id of certificatesBehind(this.props.reader, finding.findingId!)) {
      if (await exceptions.coverCertificate(id)) {
        return undefined;
      }
      certificates.push(id);
      if (selection.wouldBeOver(certificates)) {
        break;
      }
    }
    // An issuer without device certificates counts as one, because AWS may reach some all the same.
    return certificates.length > 0 ? certificates : [finding.findingId!];
  }
}

/** The findings that were selected so far, no more than one plan can name. */
class Selection {
  private readonly keys = new Set<string>();

  /** Ids of findings, by resource if each resource must be mitigated only once. */
  private readonly ids = new Map<string, string>();
  private readonly resources: NamedResource[] = [];
  private excepted = 0;
  private repaired = 0;
  private findings = 0;

  constructor(private readonly allowed: number, private readonly isOncePerResource: boolean) {}

  public get isOver(): boolean {
    return this.keys.size > this.allowed || this.ids.size > MOST_FINDINGS_BY_ID;
  }

  public get result(): AffectedResources {
    const { isOver, excepted, repaired, findings, resources } = this;
    return {
      count: this.keys.size, isMinimum: isOver, findingIds: [...this.ids.values()].sort(),
      policies: this.isOncePerResource ? [...this.keys] : undefined,
      findings, excepted, repaired, resources,
    };
  }

  public has(key: string): boolean {
    return this.keys.has(key);
  }

  public wouldBeOver(keys: readonly string[]): boolean {
    return this.keys.size + keys.length > this.allowed && new Set([...this.keys, ...keys]).size > this.allowed;
  }

  public add(finding: AuditFinding, keys: readonly string[]): void {
    this.findings++;
    const id = finding.findingId!;
    const place = this.isOncePerResource ? keys[0] : id;
    // The order in which AWS lists findings must not matter.
    const other = this.ids.get(place) ?? id;
    this.ids.set(place, other < id ? other : id);
    if (this.resources.length < NAMED_RESOURCES && !keys.every((key) => this.keys.has(key))) {
      this.resources.push(namedResource(finding));
    }
    keys.forEach((key) => this.keys.add(key));
  }

  public leaveExcepted(): void {
    this.findings++;
    this.excepted++;
  }

  public leaveRepaired(): void {
    this.findings++;
    this.repaired++;
  }
}

/** True if only some findings of the check may be mitigated, or they do not count as one resource each. */
function isSelective(check: ConcernedCheck, exceptions: Exceptions): boolean {
  return check.rule.reasonCodes !== undefined || !exceptions.isEmpty || mayBeRepaired(check) || concernsIssuers(check);
}

/** A text that tells resources apart; undefined if the identifier is empty. Versions of a policy are one resource. */
function resourceKey(identifier: ResourceIdentifier): string | undefined {
  const certificate = certificateIdOf(identifier);
  if (certificate !== undefined) {
    return certificate.toLowerCase();
  }
  const { policyVersionIdentifier: policy, ...others } = identifier;
  if (policy) {
    return policy.policyName;
  }
  const parts = Object.entries(others).filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => [name, typeof value === 'object' ? Object.entries(value).sort() : value]);
  return parts.length > 0 ? JSON.stringify(parts.sort()) : undefined;
}

/** A resource for people, with the reason that AWS gives. Devices may have chosen the name. */
export function namedResource(finding: AuditFinding): NamedResource {
  const { checkName, nonCompliantResource, reasonForNonCompliance, reasonForNonComplianceCode: code } = finding;
  const reason = [reasonForNonCompliance, code && `(${code})`].filter(Boolean).join(' ');
  return {
    checkName: checkName ?? 'UNKNOWN', resource: resourceName(nonCompliantResource?.resourceIdentifier),
    reason: shorten(reason || 'no reason given', LONGEST_REASON),
  };
}
