import { createHash } from 'node:crypto';
import { FoundConfiguration } from './live-configuration';
import { packRecord, requireFittingId, unpackRecord } from '../../function/runtime/packed-record';

/**
 * What a physical resource id says.
 *
 * It changes whenever the set of checks does, so that CloudFormation deletes the id before in its clean-up, when nothing
 * can fail any more and schedules are gone: that is when checks are disabled.
 */
export interface AdoptedIdentity {
  /** Whether it was given when the resource was created: only such an id can stand for a creation that is undone. */
  readonly created: boolean;

  /** The checks that the template names, as tokens. */
  readonly checks: ReadonlySet<string>;

  /** Those of them that were on before the template named them, as tokens. */
  readonly alreadyOn: ReadonlySet<string>;

  /** What there was before the adoption. */
  readonly found: FoundConfiguration;

  /** What there was before the creation, where that is something else: another construct had adopted before. */
  readonly before?: FoundConfiguration;
}

/** A check's name, short enough for an id. */
export function tokenOf(checkName: string): string {
  return createHash('sha256').update(checkName).digest('base64url').slice(0, TOKEN_LENGTH);
}

const TOKEN_LENGTH = 4;

/** @throws RequestFailure if it does not fit into an id */
export function formatIdentity({ created, checks, alreadyOn, found, before }: AdoptedIdentity): string {
  const records = packRecord(before ? [found, before] : [found]);
  return requireFittingId([created ? 'created' : 'updated', join(checks), join(alreadyOn), records].join('.'));
}

/** Undefined for an id that is not of this resource, such as CloudFormation makes up for a creation that it cancelled. */
export function parseIdentity(physicalResourceId: string | undefined): AdoptedIdentity | undefined {
  const [, kind, checks, alreadyOn, records] = /^(created|updated)\.([\w-]*)\.([\w-]*)\.([\w-]+)$/.exec(physicalResourceId ?? '') ?? [];
  if (!kind) {
    return undefined;
  }
  const [found, before] = unpackRecord(records) as FoundConfiguration[];
  return { created: kind === 'created', checks: split(checks), alreadyOn: split(alreadyOn), found, before };
}

function join(tokens: ReadonlySet<string>): string {
  return [...tokens].sort().join('');
}

function split(tokens: string): Set<string> {
  return new Set(tokens.match(new RegExp(`.{${TOKEN_LENGTH}}`, 'g')) ?? []);
}
