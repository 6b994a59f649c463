import { ReceivedCall, Refusal, Reply, StandInRequest } from './stand-in';
import { toJson } from '../device-defender/wire-format';
import type { MessageAttribute } from '../messaging/queue';
import { S3_CODES, s3Answer, s3Error, s3InputOf, s3OperationOf } from '../s3/s3-wire-format';

export type SurroundingOperation =
  | 'DescribeStacks'
  | 'ListStackResources'
  | 'CreateLogStream'
  | 'PutLogEvents'
  | 'GetLogEvents'
  | 'Invoke'
  | 'PutEvents'
  | 'StartExecution'
  | 'Publish'
  | 'PutObject'
  | 'ListObjectsV2'
  | 'PutAnswer';

/** The service of each operation; none for answers, which go to a signed URL. */
export const SERVICES = {
  DescribeStacks: 'cloudformation',
  ListStackResources: 'cloudformation',
  CreateLogStream: 'logs',
  PutLogEvents: 'logs',
  GetLogEvents: 'logs',
  Invoke: 'lambda',
  PutEvents: 'events',
  StartExecution: 'states',
  Publish: 'sns',
  PutObject: 's3',
  ListObjectsV2: 's3',
  PutAnswer: undefined,
} as const satisfies Readonly<Record<SurroundingOperation, ReceivedCall['service'] | undefined>>;

/** Services whose requests and answers are JSON, with the name of the operation in a header. */
export const JSON_SERVICES: readonly (ReceivedCall['service'] | undefined)[] = ['logs', 'events', 'states'];

/** Services whose requests are forms, and whose answers are XML. */
const QUERY_SERVICES: readonly (ReceivedCall['service'] | undefined)[] = ['cloudformation', 'sns'];

/** Every operation that is served. */
export const SURROUNDING_OPERATIONS = Object.keys(SERVICES) as readonly SurroundingOperation[];

export function inputOf(
  operation: SurroundingOperation, request: StandInRequest,
): Readonly<Record<string, unknown>> {
  const { headers, target, body } = request;
  switch (SERVICES[operation]) {
    case 's3': return s3InputOf(request);
    case 'cloudformation': return Object.fromEntries(new URLSearchParams(body));
    case 'sns': return publishInputOf(new URLSearchParams(body));
    case 'lambda': return {
      FunctionName: decodeURIComponent(
        target.split('/')[3],
      ), InvocationType: headers['x-amz-invocation-type'], Payload: body,
    };
    default: return JSON.parse(body) as Readonly<Record<string, unknown>>;
  }
}

/** Members of a map are numbered from 1 in a form. */
function publishInputOf(form: URLSearchParams): Readonly<Record<string, unknown>> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let number = 1; form.has(`MessageAttributes.entry.${number}.Name`); number++) {
    const valueOf = (member: string) => form.get(`MessageAttributes.entry.${number}.${member}`) ?? undefined;
    attributes[valueOf('Name')!] = {
      DataType: valueOf('Value.DataType')!, StringValue: valueOf('Value.StringValue'),
    };
  }
  const members = ['TopicArn', 'Message', 'Subject'].map((member) => [member, form.get(member) ?? undefined]);
  return { ...Object.fromEntries(members), ...Object.keys(attributes).length > 0 && { MessageAttributes: attributes } };
}

export function operationOf(request: StandInRequest): SurroundingOperation {
  const { method, target, headers, body } = request;
  const s3Operation = s3OperationOf(request);
  if (s3Operation !== undefined) return s3Operation as SurroundingOperation;
  const amazonTarget = headers['x-amz-target'];
  if (typeof amazonTarget === 'string') return amazonTarget.split('.')[1] as SurroundingOperation;
  if (method === 'PUT' && target.startsWith('/answers/')) return 'PutAnswer';
  if (target.includes('/invocations')) return 'Invoke';
  return new URLSearchParams(body).get('Action') as SurroundingOperation;
}

export function answerWith(operation: SurroundingOperation, output: unknown): Reply {
  if (SERVICES[operation] === 's3') return s3Answer(operation, output as object);
  const isXml = QUERY_SERVICES.includes(SERVICES[operation]);
  return {
    status: operation === 'Invoke' ? 202 : 200,
    headers: { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' },
    body: isXml
      ? xmlAnswer(operation, output)
      : JSON_SERVICES.includes(SERVICES[operation]) ? toJson(output ?? {}) : '',
  };
}

function xmlAnswer(operation: string, output: unknown): string {
  return `<${operation}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">`
    + `<${operation}Result>${xml(output)}</${operation}Result></${operation}Response>`;
}

function xml(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.map(([name, member]) => `<${name}>${xml(member)}</${name}>`).join('');
}

/** Names of errors that a service has in place of those that the JSON protocols use. */
const CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cloudformation: {
    AccessDeniedException: 'AccessDenied', ThrottlingException: 'Throttling',
    InternalFailureException: 'InternalFailure',
  },
  s3: S3_CODES,
  sns: {
    AccessDeniedException: 'AuthorizationError', ThrottlingException: 'Throttled',
    InternalFailureException: 'InternalError',
  },
};

/** The error under the name that the service of an operation has for it. */
export function refusalOf(operation: SurroundingOperation, refusal: Refusal): Refusal {
  const code = CODES[SERVICES[operation] ?? '']?.[refusal.code];
  return code === undefined ? refusal : new Refusal(refusal.status, code, refusal.message);
}

export function refuseWith(operation: SurroundingOperation, { status, code, message }: Refusal): Reply {
  if (SERVICES[operation] === 's3') return s3Error({ status, code, message });
  if (QUERY_SERVICES.includes(SERVICES[operation])) {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml' }, body };
  }
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}
