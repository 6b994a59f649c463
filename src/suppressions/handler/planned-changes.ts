import { LiveSuppressions } from './account-suppressions';
import { Content, Subject, isOver, isSame, keyOf } from './suppression';
import { WantedSuppression } from './wanted-suppressions';
import { RequestFailure } from '../../function/runtime/request-failure';

/** A change of a suppression. */
export interface PlannedChange {
  readonly subject: Subject;

  /** Absent if it is to be deleted. */
  readonly target?: Content;

  /** The content in the template before; absent if that had no such suppression. */
  readonly former?: Content;

  /** A name for people. */
  readonly label: string;
}

/** The difference between two templates. */
export interface TemplateDifference {
  /** Suppressions that are new or have another content. */
  readonly changed: readonly WantedSuppression[];

  /** Suppressions that the new template no longer has. */
  readonly removed: readonly WantedSuppression[];

  /** Unchanged ones that follow a policy, whose default version may be another by now. */
  readonly followed: readonly WantedSuppression[];
}

/** Default versions by the names of policies, as far as they are known. */
export type PolicyVersions = ReadonlyMap<string, string>;

export function differenceBetween(
  former: readonly WantedSuppression[], wanted: readonly WantedSuppression[],
): TemplateDifference {
  const before = byEntry(former);
  const after = byEntry(wanted);
  const changed = wanted.filter((entry) => isChanged(entry, before.get(entry.entryKey)));
  return {
    changed,
    removed: former.filter(({ entryKey }) => !after.has(entryKey)),
    followed: wanted.filter((entry) => entry.policyName !== undefined && !changed.includes(entry)),
  };
}

/** The suppression that a template means; undefined for one of a policy whose default version is not known. */
export function subjectOf(
  { check, resource, policyName }: WantedSuppression, versions: PolicyVersions,
): Subject | undefined {
  if (policyName === undefined) {
    return { check, resource: resource! };
  }
  const policyVersionId = versions.get(policyName);
  return policyVersionId === undefined ? undefined
    : { check, resource: { policyVersionIdentifier: { policyName, policyVersionId } } };
}

/** @throws RequestFailure if two entries mean the same suppression and do not agree */
export function requireDistinct(wanted: readonly WantedSuppression[], versions: PolicyVersions): void {
  const seen = new Map<string, WantedSuppression>();
  for (const entry of wanted) {
    const subject = subjectOf(entry, versions);
    const other = subject && seen.get(keyOf(subject));
    if (other && !isSame(other.content, entry.content)) {
      throw new RequestFailure(`nothing was changed because ${other.label} and ${entry.label} `
        + 'are for the same check and resource; remove one of them');
    }
    if (subject) {
      seen.set(keyOf(subject), entry);
    }
  }
}

export interface PlanInput {
  readonly former: readonly WantedSuppression[];
  readonly wanted: readonly WantedSuppression[];
  readonly versions: PolicyVersions;
  readonly live: LiveSuppressions;
  readonly now: number;
}

/**
 * The changes from one template to the next, creations first.
 *
 * An entry that stays the same is left alone, whatever the account has: expired, deleted or changed by hand. A policy's
 * suppression moves with its default version.
 */
export function planChanges({ former, wanted, versions, live, now }: PlanInput): PlannedChange[] {
  const before = byEntry(former);
  const sets: PlannedChange[] = [];
  const deletions: PlannedChange[] = [];
  const kept = new Set<string>();
  const remove = (entry: WantedSuppression, subject: Subject) =>
    deletions.push({ subject, former: entry.content, label: entry.label });

  for (const entry of wanted) {
    const subject = subjectOf(entry, versions);
    const previous = before.get(entry.entryKey);
    if (!subject) {
      continue;
    }
    if (isOver(entry.content, now)) {
      if (previous && isChanged(entry, previous)) {
        remove(previous, subject);
      }
      continue;
    }
    kept.add(keyOf(subject));
    const hasMoved = entry.policyName !== undefined && live.content(subject) === undefined;
    if (hasMoved || isChanged(entry, previous)) {
      const { content: target, label } = entry;
      sets.push({ subject, target, former: hasMoved ? undefined : previous?.content, label });
    }
    if (previous) {
      versionsOf(previous, live, new Map()).forEach((version) => remove(previous, version));
    }
  }
  for (const entry of differenceBetween(former, wanted).removed) {
    suppressionsOf(entry, live, versions).forEach((subject) => remove(entry, subject));
  }
  return [...sets, ...deletions.filter(({ subject }) => !kept.has(keyOf(subject)))];
}

/** Everything that the account has of an entry. */
export function suppressionsOf(entry: WantedSuppression, live: LiveSuppressions, versions: PolicyVersions): Subject[] {
  return entry.policyName === undefined ? [subjectOf(entry, versions)!] : versionsOf(entry, live, versions);
}

/**
 * The versions of a followed policy that an entry has suppressed: those with its description, and the default version.
 */
function versionsOf(entry: WantedSuppression, live: LiveSuppressions, versions: PolicyVersions): Subject[] {
  const { check, content: { description }, policyName } = entry;
  return policyName === undefined ? []
    : live.ofPolicy(check, policyName).filter(({ content, resource }) => content.description === description
      || resource.policyVersionIdentifier!.policyVersionId === versions.get(policyName));
}

function byEntry(entries: readonly WantedSuppression[]): ReadonlyMap<string, WantedSuppression> {
  return new Map(entries.map((entry) => [entry.entryKey, entry]));
}

function isChanged(entry: WantedSuppression, previous: WantedSuppression | undefined): boolean {
  return previous === undefined || !isSame(previous.content, entry.content);
}
