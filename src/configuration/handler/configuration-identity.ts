import { createHash } from 'node:crypto';
import { FoundConfiguration } from './live-configuration';
import { ApiCheck } from '../../checks/check-table';
import { AdoptionIdentity, packRecord, requireFittingId, unpackRecord } from '../../function/runtime/adoption';

/**
 * The content of a physical id of an adopted configuration.
 *
 * The id changes whenever the set of checks does. CloudFormation then deletes the former id in its clean-up, when
 * nothing can fail any more and schedules are gone: that is when checks are disabled.
 */
export interface ConfigurationIdentity extends AdoptionIdentity<FoundConfiguration> {
  /** The checks that the template names, as tokens. */
  readonly checks: ReadonlySet<string>;

  /** Those of them that were on before the template named them, as tokens. */
  readonly alreadyOn: ReadonlySet<string>;
}

const TOKEN_LENGTH = 4;

/** A check's name, made short enough for an id. */
export function tokenOf(checkName: string): string {
  return createHash('sha256').update(checkName).digest('base64url').slice(0, TOKEN_LENGTH);
}

/** The names of the checks that a template lists. */
export function namesOf(checks: readonly ApiCheck[]): string[] {
  return checks.map(({ Name }) => Name);
}

/** The tokens of the checks that a template lists. */
export function tokensOf(checks: readonly ApiCheck[] = []): Set<string> {
  return new Set(namesOf(checks).map(tokenOf));
}

/** @throws RequestFailure if it does not fit into an id */
export function formatIdentity({ created, checks, alreadyOn, found, foundByCreation }: ConfigurationIdentity): string {
  const records = packRecord(foundByCreation ? [found, foundByCreation] : [found]);
  return requireFittingId([created ? 'created' : 'updated', join(checks), join(alreadyOn), records].join('.'));
}

/**
 * Undefined for an id that is not of this resource, such as CloudFormation makes up for a creation that it cancelled.
 */
export function parseIdentity(physicalResourceId: string | undefined): ConfigurationIdentity | undefined {
  const [, kind, checks, alreadyOn, records] =
    /^(created|updated)\.([\w-]*)\.([\w-]*)\.([\w-]+)$/.exec(physicalResourceId ?? '') ?? [];
  if (!kind) {
    return undefined;
  }
  const [found, foundByCreation] = unpackRecord(records) as FoundConfiguration[];
  return { created: kind === 'created', checks: split(checks), alreadyOn: split(alreadyOn), found, foundByCreation };
}

function join(tokens: ReadonlySet<string>): string {
  return [...tokens].sort().join('');
}

function split(tokens: string): Set<string> {
  return new Set(tokens.match(new RegExp(`.{${TOKEN_LENGTH}}`, 'g')) ?? []);
}
