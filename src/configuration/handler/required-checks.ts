import { RequestFailure } from '../../function/runtime/request-failure';
import { AdoptedCheck } from '../protocol';

/**
 * @param least how many checks there must be
 * @throws RequestFailure unless a template lists checks, as the construct always does
 */
export function requireChecks({ Checks }: { readonly Checks?: readonly AdoptedCheck[] }, least: number): void {
  if (!Array.isArray(Checks) || Checks.length < least || Checks.some((check) => typeof check?.Name !== 'string')) {
    throw new RequestFailure('the property Checks must be a list of checks, each with a Name; define the resource with AccountAuditConfiguration');
  }
}
