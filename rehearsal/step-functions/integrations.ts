import { CalledServices, MachineCaller } from './called-services';
import { callIot } from './iot-integration';
import type { MachineTime } from './machine-time';
import type { Parameters } from './parameters';
import { TaskError, notRehearsed } from './task-error';
import type { Asking } from './task-runner';
import type { TaskTokens } from './task-tokens';
import type { Place } from '../cloudformation/generic-resources';
import { requiredPermissions } from '../iam/required-permissions';
import { Refusal, StandIn } from '../services/stand-in';

/** The end of a function that somebody waited for. */
export type InvocationResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly errorType?: string; readonly errorMessage?: string } };

/** A message to a topic. */
export interface MachineMessage {
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue?: string }>>;
}

/** An entry of PutEvents, whose detail is text. */
export interface MachineEvent extends Readonly<Record<string, unknown>> {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
}

export interface PutEventsResult {
  readonly FailedEntryCount: number;
  readonly Entries: readonly {
    readonly EventId?: string; readonly ErrorCode?: string; readonly ErrorMessage?: string;
  }[];
}

/** Other parts of the account that machines reach, as far as they are there: they throw a `Refusal`. */
export interface Reachable {
  /** Runs a function by name or ARN to its end; undefined if there is none. */
  invokeFunction?(nameOrArn: string, payload: unknown): Promise<InvocationResult | undefined>;
  /** @returns the message's id */
  publish?(topicArn: string, message: MachineMessage): Promise<string>;
  putEvents?(entries: readonly MachineEvent[]): Promise<PutEventsResult>;
}

export interface IntegrationSurroundings {
  readonly place: Place;
  readonly time: MachineTime;
  readonly iot: Pick<StandIn, 'call'>;
  readonly parameters: Parameters;
  readonly services: CalledServices;
  readonly tokens: TaskTokens;
  readonly reachable: Reachable;
  /** The operation StartExecution. @throws Refusal */
  readonly startExecution: (input: Fields) => { readonly executionArn: string; readonly startDate: Date };
}

/** An execution as integrations know it. */
export interface CallingExecution extends MachineCaller {
  readonly machineArn: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Carries out tasks: what a machine's states may name as their resource. */
export class Integrations {
  constructor(private readonly surroundings: IntegrationSurroundings) {}

  /** @throws TaskError */
  async perform(
    execution: CallingExecution, resource: string, input: unknown, asking: Asking | undefined,
  ): Promise<unknown> {
    const { iot, time } = this.surroundings;
    const integration = /^arn:[^:]+:states:::(.+)$/.exec(resource)?.[1];
    if (integration === undefined && /^arn:[^:]+:lambda:/.test(resource)) {
      return this.invoke(execution, resource, input);
    }
    const fields = (input ?? {}) as Fields;
    if (asking !== undefined && integration !== 'sns:publish') throw notRehearsed(`${resource}.waitForTaskToken`);
    switch (integration) {
      case 'lambda:invoke': return this.invokeByRequest(execution, fields);
      case 'sns:publish': return this.publish(execution, fields, asking);
      case 'events:putEvents': return this.putEvents(execution, fields);
      case 'aws-sdk:ssm:getParameter': return this.getParameter(execution, fields);
      case 'aws-sdk:ssm:getParameters': return this.getParameters(execution, fields);
      case 'states:startExecution': return this.startExecution(execution, fields);
    }
    const operation = /^aws-sdk:iot:(\w+)$/.exec(integration ?? '')?.[1];
    if (operation === undefined) throw notRehearsed(`the integration ${resource}`);
    return time.during(async () => callIot(iot, operation, fields, execution.arn));
  }

  private async invoke(caller: CallingExecution, nameOrArn: string, payload: unknown): Promise<unknown> {
    const { services, reachable, place } = this.surroundings;
    const arn = nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(place, 'lambda', `function:${nameOrArn}`);
    if (reachable.invokeFunction === undefined) throw notRehearsed('functions that machines invoke');
    const result = await services.call(
      'Invoke', caller, [{ action: 'lambda:InvokeFunction', resource: arn }], async () => {
        const found = await reachable.invokeFunction!(nameOrArn, payload);
        if (found === undefined) throw new Refusal(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
        return found;
      },
    );
    if (result.ok) return result.value ?? null;
    // A function that ended without an answer has no error of its own.
    const { errorType = 'Lambda.Unknown', errorMessage = '' } = result.error;
    throw new TaskError(errorType, JSON.stringify({ errorMessage, errorType }));
  }

  private async invokeByRequest(caller: CallingExecution, fields: Fields): Promise<unknown> {
    requireFields(fields, ['FunctionName', 'Payload', 'InvocationType']);
    if ((fields.InvocationType ?? 'RequestResponse') !== 'RequestResponse') {
      throw notRehearsed(`the invocation type ${String(fields.InvocationType)}`);
    }
    const Payload = await this.invoke(caller, String(fields.FunctionName), fields.Payload ?? {});
    return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
  }

  private async publish(caller: CallingExecution, fields: Fields, asking: Asking | undefined): Promise<unknown> {
    requireFields(fields, ['TopicArn', 'Message', 'Subject', 'MessageAttributes']);
    const { services, reachable, tokens } = this.surroundings;
    if (reachable.publish === undefined) throw notRehearsed('topics that machines publish to');
    const topicArn = String(fields.TopicArn);
    const subject = fields.Subject as string | undefined;
    const message = textOf(fields.Message);
    const attributes = fields.MessageAttributes as MachineMessage['attributes'];
    const id = await services.call('Publish', caller, [{ action: 'sns:Publish', resource: topicArn }], async () =>
      reachable.publish!(topicArn, {
        message, ...(subject === undefined ? {} : { subject }), ...(attributes === undefined ? {} : { attributes }),
      }));
    if (asking !== undefined) tokens.asked(asking.token, { topicArn, subject, message });
    return { MessageId: id };
  }

  private async putEvents(caller: CallingExecution, fields: Fields): Promise<unknown> {
    requireFields(fields, ['Entries']);
    const { services, reachable, place } = this.surroundings;
    if (reachable.putEvents === undefined) throw notRehearsed('event buses that machines put events on');
    const entries = (fields.Entries as Fields[]).map((entry): MachineEvent => ({
      ...entry,
      Detail: textOf(entry.Detail),
      // As documented, Step Functions appends both.
      Resources: [...(entry.Resources as string[] | undefined) ?? [], caller.machineArn, caller.arn],
    }));
    const required = requiredPermissions({
      service: 'events', operation: 'PutEvents', input: { Entries: entries }, caller: caller.arn,
    }, place);
    const result = await services.call('PutEvents', caller, required, async () => reachable.putEvents!(entries));
    if (result.FailedEntryCount > 0) throw new TaskError('EventBridge.FailedEntry', JSON.stringify(result));
    return result;
  }

  private async getParameter(caller: CallingExecution, fields: Fields): Promise<unknown> {
    requireFields(fields, ['Name', 'WithDecryption']);
    const { services, parameters } = this.surroundings;
    const name = String(fields.Name);
    const required = [{ action: 'ssm:GetParameter', resource: parameters.arn(name) }];
    return services.call('GetParameter', caller, required, () => {
      const Parameter = this.parameter(name);
      if (Parameter === undefined) throw new Refusal(400, 'ParameterNotFoundException', `${name} not found.`);
      return { Parameter };
    });
  }

  /** Names the parameters that are not there, instead of failing. One name is all that is modelled. */
  private async getParameters(caller: CallingExecution, fields: Fields): Promise<unknown> {
    requireFields(fields, ['Names', 'WithDecryption']);
    const { services, parameters } = this.surroundings;
    const [name, ...others] = fields.Names as string[];
    if (others.length > 0) throw notRehearsed('several parameters at once');
    const required = [{ action: 'ssm:GetParameters', resource: parameters.arn(name) }];
    return services.call('GetParameters', caller, required, () => {
      const parameter = this.parameter(name);
      return parameter === undefined ? { InvalidParameters: [name], Parameters: [] }
        : { InvalidParameters: [], Parameters: [parameter] };
    });
  }

  private parameter(name: string): object | undefined {
    const { parameters } = this.surroundings;
    const found = parameters.get(name);
    return found && {
      Arn: parameters.arn(name), DataType: 'text', LastModifiedDate: new Date(found.lastModified).toISOString(),
      Name: name, Type: found.type, Value: found.value, Version: found.version,
    };
  }

  private async startExecution(caller: CallingExecution, fields: Fields): Promise<unknown> {
    requireFields(fields, ['StateMachineArn', 'Name', 'Input']);
    const { services, startExecution } = this.surroundings;
    const { StateMachineArn: stateMachineArn, Name: name, Input } = fields;
    const required = [{ action: 'states:StartExecution', resource: String(stateMachineArn) }];
    const { executionArn, startDate } = await services.call('StartExecution', caller, required, () =>
      startExecution({ stateMachineArn, name, input: Input === undefined ? undefined : textOf(Input) }));
    return { ExecutionArn: executionArn, StartDate: startDate.toISOString() };
  }
}

/** The fields of an integration are checked by AWS when a machine is created. */
function requireFields(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw notRehearsed(`the field "${unknown}" of an integration`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function arnOf({ partition, region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
