import { TaskError, notRehearsed } from './task-error';
import type { Shape, StructureShape } from '../device-defender/input-validation';
import { REQUEST_SHAPES } from '../device-defender/request-shapes';
import { ERROR_STATUS } from '../device-defender/service-error';
import type { AnsweredError, StandIn } from '../services/stand-in';

/** Members of outputs that are maps: their keys are data and stay as they are. */
export const MAPS = [
  'additionalInfo', 'attributes', 'auditCheckConfigurations', 'auditCheckToActionsMapping', 'auditCheckToReasonCodeFilter',
  'auditDetails', 'auditNotificationTargetConfigurations', 'configuration', 'taskStatistics',
];

/** Errors of the layers in front of the service, which no model has. That they are named IotException is inferred. */
const UNMODELLED = ['SerializationException', 'AccessDeniedException', 'UnknownOperationException'];

/**
 * The SDK integration `aws-sdk:iot:<operation>`: the service's operations, with members in PascalCase.
 *
 * @param caller by which the service knows who calls
 * @throws TaskError
 */
export async function callIot(
  iot: Pick<StandIn, 'call'>, action: string, input: unknown, caller: string,
): Promise<unknown> {
  const operation = pascalCase(action);
  if (!Object.hasOwn(REQUEST_SHAPES, operation)) throw notRehearsed(`the operation ${operation} of AWS IoT`);
  const shape = REQUEST_SHAPES[operation as keyof typeof REQUEST_SHAPES];
  const end = await iot.call({ operation, input: asApi(shape, input) as Record<string, unknown>, caller });
  // The names for a connection that breaks and for an answer that never comes are inferred.
  if (typeof end === 'string') throw new TaskError('Iot.SdkClientException', `Unable to execute HTTP request: ${end}`);
  if ('error' in end) throw errorOf(end.error);
  return asResult(end.output, false);
}

function errorOf({ code, message, status }: AnsweredError): TaskError {
  const isModelled = code in ERROR_STATUS && !UNMODELLED.includes(code);
  return new TaskError(
    isModelled ? `Iot.${code}` : 'Iot.IotException', `${message} (Service: Iot, Status Code: ${status})`,
  );
}

/** A value as the API has it. Whether null counts as absent is unverified: here it does. */
function asApi(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.type) {
    case 'structure': return isRecord(value) ? structureAsApi(shape, value) : value;
    case 'list': return Array.isArray(value) ? value.map((one) => asApi(shape.of, one)) : value;
    case 'map':
      if (!isRecord(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asApi(shape.values, member)]));
    // On the wire, times are seconds.
    case 'timestamp': return typeof value === 'string' ? Date.parse(value) / 1000 : value;
    default: return value;
  }
}

function structureAsApi({ members }: StructureShape, value: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => {
    const apiName = Object.keys(members).find((one) => pascalCase(one) === name);
    if (apiName === undefined) {
      // AWS refuses such a definition when it is created, as far as the name stands in it.
      throw new TaskError('States.Runtime', `The field "${name}" is not supported by Step Functions`);
    }
    return [apiName, asApi(members[apiName], member)];
  }));
}

/** An output as a machine gets it: inferred from what is known of other operations. */
function asResult(value: unknown, isMap: boolean): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((one) => asResult(one, false));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([name, member]) => [
        isMap ? name : pascalCase(name), asResult(member, !isMap && MAPS.includes(name)),
      ]),
  );
}

function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
