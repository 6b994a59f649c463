import type { PlantedFinding } from '../../rehearsal/device-defender/fleet';
import { SeededRandom } from '../support/random';

/** A finding from the audit that has it first to the one that has it no more. Days are numbers of daily audits. */
export interface Episode {
  readonly finding: PlantedFinding;
  readonly severity: string;
  readonly resourceId: string;
  readonly from: number;
  /** Absent if it is never repaired. */
  readonly until?: number;
  /** The audit from which it is suppressed, for ever. */
  readonly suppressedFrom?: number;
}

export const AUDITED_DAYS = 90;

const KEY_QUALITY = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const EXPIRING = 'CA_CERTIFICATE_EXPIRING_CHECK';
const POLICY = 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK';

/** The checks, with the severity and the resources of what they find. */
const KINDS = [
  { checkName: KEY_QUALITY, severity: 'CRITICAL', member: 'deviceCertificateId' },
  { checkName: 'CONFLICTING_CLIENT_IDS_CHECK', severity: 'HIGH', member: 'clientId' },
  { checkName: EXPIRING, severity: 'MEDIUM', member: 'caCertificateId' },
  { checkName: POLICY, severity: 'MEDIUM', member: 'policyName' },
] as const;

export const CHECKS: readonly string[] = KINDS.map(({ checkName }) => checkName);

/** The check that cannot be carried out in some audits: what it found before is not taken for repaired. */
export const FAILED_CHECK = EXPIRING;
export const FAILED_DAYS: readonly number[] = [20, 21, 50, AUDITED_DAYS - 1];

const RESOURCES = 150;

/** Episodes of resources that come and go, some of them again, and are suppressed at times. */
export const episodes: readonly Episode[] = generate();

function generate(): Episode[] {
  const random = new SeededRandom(17);
  return Array.from({ length: RESOURCES }, (_, number) => number).flatMap((number) => {
    const { checkName, severity, member } = random.pick(KINDS);
    const resourceId = member.endsWith('CertificateId') ? number.toString(16).padStart(64, '0') : `${member}-${number}`;
    const resourceIdentifier = member === 'policyName'
      ? { policyVersionIdentifier: { policyName: resourceId, policyVersionId: '1' } } : { [member]: resourceId };
    const all: Episode[] = [];
    for (let from = random.below(AUDITED_DAYS); from < AUDITED_DAYS;) {
      const until = from + 1 + random.below(40);
      const isRepaired = until < AUDITED_DAYS;
      const suppressedFrom = random.chance(0.1) ? from + random.below(5) : undefined;
      const isSuppressed = suppressedFrom !== undefined && suppressedFrom < Math.min(until, AUDITED_DAYS);
      all.push({
        finding: { checkName, resourceIdentifier }, severity, resourceId, from,
        ...isRepaired && { until }, ...isSuppressed && { suppressedFrom },
      });
      // A suppression would hold for what comes back.
      if (isSuppressed || random.chance(0.6)) break;
      from = until + 1 + random.below(20);
    }
    return all;
  });
}

/** The audits that report an episode: those within it that carried out its check. */
export function seenBy({ finding, from, until = AUDITED_DAYS }: Episode): number[] {
  return auditsOf(finding.checkName).filter((day) => day >= from && day < until);
}

/** The audits that carried out a check. */
export function auditsOf(checkName: string): number[] {
  return Array.from({ length: AUDITED_DAYS }, (_, day) => day)
    .filter((day) => checkName !== FAILED_CHECK || !FAILED_DAYS.includes(day));
}
