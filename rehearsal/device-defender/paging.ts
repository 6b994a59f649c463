import { invalidRequest } from './service-error';

/** Page size where the request names none, as documented for the list operations. */
export const DEFAULT_PAGE = 25;

/** A place in a list. Opaque to clients; bound to its operation and filters, so a token cannot be used elsewhere. */
export type Position = readonly number[];

export function encodeToken(scope: string, position: Position): string {
  return Buffer.from(JSON.stringify({ scope, position })).toString('base64url');
}

export function decodeToken(scope: string, token: string | undefined): Position | undefined {
  if (token === undefined) return undefined;
  try {
    const parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
      scope: unknown;
      position: unknown;
    };
    if (parsed.scope === scope && Array.isArray(parsed.position) && parsed.position.every(Number.isSafeInteger)) {
      return parsed.position as number[];
    }
  } catch {
    // Falls through to the refusal: not a token of this server.
  }
  throw invalidRequest('The nextToken is not valid.');
}

/** Something kept in the order it was made in; the number stays the same when others go away between two pages. */
export interface Numbered {
  readonly number: number;
}

export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** One page of records in the order of their numbers, and the token of the next one if there is more. */
export function pageOf<Item extends Numbered>(
  scope: string, items: Iterable<Item>, request: PageRequest, accept: (item: Item) => boolean = () => true,
): { readonly page: Item[]; readonly nextToken?: string } {
  const after = decodeToken(scope, request.nextToken)?.[0] ?? -1;
  const size = request.maxResults ?? DEFAULT_PAGE;
  const page: Item[] = [];
  for (const item of items) {
    if (item.number <= after || !accept(item)) continue;
    if (page.length === size) return { page, nextToken: encodeToken(scope, [page[page.length - 1].number]) };
    page.push(item);
  }
  return { page };
}
