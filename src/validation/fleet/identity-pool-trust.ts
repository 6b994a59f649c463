import { Trust } from './role-trust';
import { pattern } from '../policies/pattern';
import { includes } from '../policies/pattern-inclusion';
import { isObject, listOf, reasonsIn, Value } from '../templates/value';

/** The kinds of identities of a pool. */
export type IdentityKind = 'authenticated' | 'unauthenticated';

/** The key that tells how an identity has signed in: `unauthenticated`, or `authenticated` and its provider. */
const METHODS_REFERENCE = /^cognito-identity[a-z0-9.-]*:amr$/i;

const COMPARISON = /^(for(any|all)values?:)?string(equals|like)(ignorecase)?(ifexists)?$/i;

/** True if a role may be for identities of a kind, by the condition of its trust. */
export function isForIdentities(kind: IdentityKind, { statements }: Trust): boolean {
  return statements.some(({ Condition }) => {
    const methods = methodsIn(Condition);
    return methods === undefined || methods.length === 0 || methods.some((method) => isOfKind(method, kind));
  });
}

/** The reason why a role may be for identities of another kind; `undefined` if there is none. */
export function doubtAboutIdentities(kind: IdentityKind, { statements, doubt }: Trust): string | undefined {
  const isCertain = statements.some(({ Condition }) =>
    methodsIn(Condition)?.some((method) => reasonsIn(method).size === 0 && isOfKind(method, kind)));
  return doubt ?? (isCertain ? undefined : `if the role is for ${kind} identities, which its trust does not say`);
}

/** The values that a condition lists for certain; `undefined` if it compares in another way. */
function methodsIn(condition: Value): Value[] | undefined {
  if (!isObject(condition)) return condition === undefined ? [] : undefined;
  const comparisons = Object.entries(condition).flatMap(([operator, keys]) =>
    (isObject(keys) ? Object.entries(keys) : []).filter(([key]) => METHODS_REFERENCE.test(key))
      .map(([, expected]) => COMPARISON.test(operator) ? listOf(expected) : undefined));
  return comparisons.includes(undefined) ? undefined : comparisons.flatMap((methods) => methods ?? []);
}

/** The name of a provider, which is neither word, is a method of authenticated identities. */
function isOfKind(method: Value, kind: IdentityKind): boolean {
  if (typeof method !== 'string') return true;
  const isGuest = includes(pattern(method), pattern('unauthenticated'));
  return kind === 'unauthenticated' ? isGuest : !isGuest || includes(pattern(method), pattern('authenticated'));
}
