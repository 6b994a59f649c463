import type { Reply, StandInRequest } from '../services/stand-in';

/** The operation of a request to S3, as the SDK puts it into the query; undefined for other services. */
export function s3OperationOf({ target }: Pick<StandInRequest, 'target'>): string | undefined {
  const query = new URLSearchParams(target.split('?')[1]);
  return query.has('list-type') ? 'ListObjectsV2' : query.get('x-id') ?? undefined;
}

/** The encoding that keeps a body as a text: each byte of an object is a character. */
export function encodingOf(target: string): 'latin1' | 'utf8' {
  return s3OperationOf({ target }) === 'PutObject' ? 'latin1' : 'utf8';
}

/** The input of an operation. Clients that are pointed to an address of the loopback name buckets in the path. */
export function s3InputOf({ headers, target, body }: StandInRequest): Readonly<Record<string, unknown>> {
  const { pathname, searchParams: query } = new URL(target, 'http://127.0.0.1');
  const [, Bucket, ...key] = pathname.split('/').map(decodeURIComponent);
  return {
    Bucket, Key: key.join('/'), Body: body, ContentType: headers['content-type'],
    ChecksumSHA256: headers['x-amz-checksum-sha256'], IfNoneMatch: headers['if-none-match'],
    Prefix: query.get('prefix') ?? undefined, ContinuationToken: query.get('continuation-token') ?? undefined,
    MaxKeys: query.get('max-keys') ?? undefined,
  };
}

export function s3Answer(operation: string, output: object): Reply {
  const isList = operation === 'ListObjectsV2';
  return {
    status: 200, headers: { 'content-type': 'application/xml' },
    body: isList ? `${DECLARATION}<ListBucketResult>${members(output)}</ListBucketResult>` : '',
  };
}

/** S3's own names of errors that all services have. */
export const S3_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied', InternalFailureException: 'InternalError', ThrottlingException: 'SlowDown',
};

export function s3Error({ status, code, message }: { status: number; code: string; message: string }): Reply {
  const body = `${DECLARATION}<Error>${members({ Code: code, Message: message })}</Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** The elements of a list bear the name of the list. */
function members(value: object): string {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    (Array.isArray(member) ? member : [member]).filter((one) => one !== undefined)
      .map((one: unknown) => `<${name}>${text(one)}</${name}>`)).join('');
}

function text(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return members(value);
  return String(value).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
