import { IConstruct } from 'constructs';
import { AuditResourceType } from '../../checks/check-table';
import type { AuditSuppression } from '../../suppressions/audit-suppression';
import { Finding, ruleNameOf } from '../finding';
import { FleetTemplates } from '../templates/fleet-templates';
import { Resolver } from '../templates/resolver';

/** The properties that name a resource in templates, by the kind of resource. */
const NAMES: Partial<Record<AuditResourceType, string>> = {
  [AuditResourceType.IOT_POLICY]: 'PolicyName',
  [AuditResourceType.ROLE_ALIAS]: 'RoleAlias',
};

/** The findings of a list of suppressions, as far as they are about what templates declare. */
export class AcceptedFindings {
  private readonly byCheck = new Map<string, AuditSuppression[]>();
  private readonly resolver: Resolver;

  /** @param now the time in milliseconds since 1970: suppressions that have ended accept nothing */
  constructor(suppressions: readonly AuditSuppression[], fleet: FleetTemplates, now: number) {
    this.resolver = new Resolver(fleet);
    for (const suppression of suppressions.filter(({ expiry }) => expiry._end > now)) {
      const { checkName } = suppression.check;
      this.byCheck.set(checkName, [...this.byCheck.get(checkName) ?? [], suppression]);
    }
  }

  /**
   * The reason for accepting a finding; undefined if it is not accepted.
   *
   * @param isWithin true if the finding is about a construct, or one within it
   */
  reasonFor(finding: Finding, isWithin: (construct: IConstruct) => boolean): string | undefined {
    const candidates = this.byCheck.get(ruleNameOf(finding));
    return candidates?.find((suppression) => this.accepts(suppression, finding, isWithin))?.description;
  }

  private accepts(
    { resource }: AuditSuppression, finding: Finding, isWithin: (construct: IConstruct) => boolean,
  ): boolean {
    if (resource._type === AuditResourceType.ACCOUNT_SETTINGS) return true;
    // What a template declares becomes a new version.
    if (resource._version !== undefined) return false;
    return resource._construct !== undefined && isWithin(resource._construct)
      || this.nameIn(finding, resource._type) === resource._name;
  }

  private nameIn({ resource }: Finding, type: AuditResourceType): unknown {
    const property = NAMES[type];
    return resource && property && this.resolver.resolve(resource.template, resource.properties[property]);
  }
}
