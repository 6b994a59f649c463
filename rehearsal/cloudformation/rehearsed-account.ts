import { IoTClient } from '@aws-sdk/client-iot';
import { StackDefinition, readAssembly } from './assembly';
import { requireSoundTemplate } from './dependencies';
import { Deployment, DeploymentOptions } from './deployment';
import { GenericResources, PhysicalNames, Place } from './generic-resources';
import { valuesFor } from './intrinsic-functions';
import { Exports, RehearsedStack, StackEvent, StackResource, StackStatus, isSuccess } from './rehearsed-stack';
import type { ResourceHandler } from './resource-handler';
import { handlersFor } from './resource-handlers';
import { InjectedFailure, InjectedFailures, LeftResource, ResourceOperations } from './resource-operations';
import { isRetained, removeAll } from './resource-removal';
import { TemplateError } from './template';
import { Alarms } from '../cloudwatch/alarms';
import { Clock, systemClock } from '../device-defender/clock';
import { DeviceDefenderOptions, DeviceDefenderServer } from '../device-defender/server';
import { CancelledRequest } from '../functions/cancelled-request';
import { InProcessHandler, LambdaFunctions } from '../functions/lambda-functions';
import { AccountPermissions } from '../iam/account-permissions';
import { requiredPermissions } from '../iam/required-permissions';
import { Messaging } from '../messaging/messaging';
import { CLIENT_CONFIG } from '../services/client-config';
import { directClient } from '../services/direct-client';
import { InProcessTransport } from '../services/in-process-transport';
import type { ReceivedCall } from '../services/stand-in';
import { StackTimes, SurroundingServices } from '../services/surrounding-services';
import type { VirtualTime } from '../services/virtual-time';
import type { Reachable } from '../step-functions/integrations';
import { machineTime } from '../step-functions/machine-time';
import { Parameters } from '../step-functions/parameters';
import { StateMachines } from '../step-functions/state-machines';

/** Milliseconds of virtual time that CloudFormation takes for each step. */
const TIME_PER_RESOURCE = 1000;

export interface RehearsalOptions extends Pick<
  DeviceDefenderOptions,
  'fleet' | 'region' | 'accountId' | 'auditDuration' | 'clock' | 'timing' | 'expiredSuppressions'
> {
  /** Real time for each unit of a custom resource's ServiceTimeout: 0.001 makes an hour 3.6 seconds. 1 if absent. */
  readonly serviceTimeoutScale?: number;
  /** Real time for each unit of a function's timeout. 1 if absent. */
  readonly functionTimeoutScale?: number;
  /** Real time for each unit of what state machines wait for: 0.01 makes 30 seconds 0.3. 1 if absent. */
  readonly machineTimeScale?: number;
  /** Milliseconds before Lambda repeats an invocation that failed. 0 if absent. */
  readonly retryDelay?: number;
  /**
   * Lists a custom resource as being deleted while the clean-up of an update deletes its former physical id.
   *
   * Unverified: functions should be right either way.
   */
  readonly listsFormerIds?: boolean;
  /**
   * Custom resources whose functions cannot be rehearsed fail, so that a test that deploys one proves something, or are
   * taken for done. `fails` if absent.
   */
  readonly whatIsNotRehearsed?: 'fails' | 'is skipped';
  /** The time that functions in this process, CloudFormation and the service have in common. Real time if absent. */
  readonly time?: VirtualTime;
  /** Makes calls without the SDK, for thousands of deployments: see `directClient`. */
  readonly isDirect?: boolean;
  /**
   * Carries out every invocation in this process instead of running the code of the function in one of its own, which
   * takes longer.
   */
  readonly inProcess?: (account: RehearsedAccount) => InProcessHandler;
}

export interface OperationResult {
  /** The status that the stack ended with. */
  readonly outcome: StackStatus;
  /** The events of this operation alone. */
  readonly events: readonly StackEvent[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /**
   * Logical ids of what was created, updated or replaced, in that order, before any rollback: where failures can be
   * injected.
   */
  readonly changed: readonly string[];
}

/**
 * An account, in one Region, to rehearse deployments in: templates are deployed in CloudFormation's order against the
 * stand-in of AWS IoT Device Defender.
 *
 * It is a model built from documents and from the public code of CloudFormation's handlers. What a function may do is
 * what
 * the policies of its role allow at that moment; CloudFormation itself and whoever uses `iot` may do everything, and
 * AWS IoT
 * may do with its roles what it needs. Resources are deployed one after the other.
 */
export class RehearsedAccount {
  static async start(options: RehearsalOptions = {}): Promise<RehearsedAccount> {
    const deviceDefender = await DeviceDefenderServer.start({ clock: options.time?.clock, ...options });
    return new RehearsedAccount(deviceDefender, await SurroundingServices.start(), options);
  }

  readonly stacks = new Map<string, RehearsedStack>();
  /** Resources that exist but belong to no stack any more. */
  readonly left: LeftResource[] = [];
  readonly functions: LambdaFunctions;
  readonly permissions: AccountPermissions;
  /** Topics, queues and the event bus. */
  readonly messaging: Messaging;
  readonly alarms: Alarms;
  readonly parameters: Parameters;
  readonly stateMachines: StateMachines;
  /** For a look at the account, or a change behind CloudFormation's back. */
  readonly iot: IoTClient;
  /** The ids of requests for custom resources that CloudFormation cancelled. */
  readonly cancelledRequests = new Set<string>();
  onEvent: ((event: StackEvent) => void) | undefined;
  private readonly names = new PhysicalNames();
  private readonly place: Place;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly generic: GenericResources;
  private cancelled: CancelledRequest | undefined;
  private readonly handlerOf: (type: string) => ResourceHandler;
  private readonly exports = new Exports(() => [...this.stacks.values()]);

  private constructor(
    readonly deviceDefender: DeviceDefenderServer, readonly services: SurroundingServices,
    private readonly options: RehearsalOptions,
  ) {
    const { accountId, region, endpoint } = deviceDefender;
    this.place = {
      accountId, region,
      partition: region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws',
    };
    this.iot = options.isDirect ? directClient<IoTClient>(() => deviceDefender) : new IoTClient({
      ...CLIENT_CONFIG,
      endpoint,
      region,
      // A call without an answer ends.
      requestHandler: options.inProcess
        ? new InProcessTransport(() => deviceDefender)
        : { requestTimeout: 2000, throwOnRequestTimeout: true },
    });
    const { functionTimeoutScale = 1, retryDelay = 0, time } = options;
    this.functions = new LambdaFunctions(
      { functionTimeoutScale, retryDelay, time },
      {
        AWS_REGION: region,
        // Nothing reaches AWS: what has no stand-in is refused.
        AWS_ENDPOINT_URL: services.endpoint, AWS_ENDPOINT_URL_IOT: endpoint,
        AWS_ENDPOINT_URL_CLOUDFORMATION: services.endpoint, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: services.endpoint,
        AWS_ENDPOINT_URL_LAMBDA: services.endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: services.endpoint,
        AWS_ENDPOINT_URL_SFN: services.endpoint, AWS_ENDPOINT_URL_SNS: services.endpoint,
        AWS_ENDPOINT_URL_S3: services.endpoint,
      },
    );
    services.listStackResources = (id) => [...this.stacks.values()].find((stack) => stack.id === id)?.listed ?? [];
    services.onInvoke = (functionName, payload) => {
      const fn = this.functions.find(functionName);
      if (fn?.directory !== undefined) this.functions.invoke(fn, payload);
    };
    deviceDefender.onUnknown = services.onUnknown = (caller, operation) =>
      this.functions.endUnrehearsed(caller, operation);
    this.clock = time ?? options.clock ?? systemClock;
    services.now = () => this.clock.now();
    this.permissions = new AccountPermissions(this.clock);
    this.parameters = new Parameters(this.place, () => this.clock.now());
    this.stateMachines = new StateMachines({
      place: this.place, time: machineTime(time, options.clock, options.machineTimeScale ?? 1), iot: deviceDefender,
      parameters: this.parameters, permissions: this.permissions,
    });
    services.onStartExecution = (input) => this.stateMachines.startExecution(input);
    deviceDefender.authorize = services.authorize = (call) => this.reasonToDeny(call);
    this.generic = new GenericResources(this.place, this.names);
    this.messaging = new Messaging({
      bus: services.bus, functions: this.functions, place: this.place, clock: options.clock ?? systemClock, time,
      reasonToDeny: (fn, action, resource) => fn.role === undefined
        ? undefined
        : this.permissions.reasonToDeny(fn.role, { sessionName: fn.name }, { action, resource }),
    });
    this.alarms = new Alarms(this.place, this.messaging.topics);
    this.connectStateMachines();
    services.onPublish = (topicArn, publication) => this.messaging.topics.publish(topicArn, publication);
    deviceDefender.onPublished = ({ targetArn, payload }) =>
      this.messaging.topics.publishIfThere(targetArn, { message: JSON.stringify(payload) });
    this.handlerOf = handlersFor({
      iot: this.iot, place: this.place, names: this.names, fleet: deviceDefender.fleet, functions: this.functions,
      services, permissions: this.permissions, generic: this.generic, messaging: this.messaging,
      alarms: this.alarms, stateMachines: this.stateMachines, parameters: this.parameters,
      serviceTimeoutScale: options.serviceTimeoutScale ?? 1, time: options.time,
      whatIsNotRehearsed: options.whatIsNotRehearsed ?? 'fails',
    });
    // The function may use everything that the account has.
    this.functions.inProcess = options.inProcess?.(this);
  }

  /**
   * Creates a stack, or updates it if it exists. A stack whose creation was rolled back is deleted first, as `cdk
   * deploy` does.
   */
  async deploy(definition: StackDefinition, options: DeploymentOptions = {}): Promise<OperationResult> {
    this.requireHere(definition);
    requireSoundTemplate(definition.template);
    const failed = this.stacks.get(definition.stackName);
    if (failed?.status === 'ROLLBACK_COMPLETE' || failed?.status === 'ROLLBACK_FAILED') {
      await this.delete(definition.stackName);
    }
    const stack = this.stackFor(definition.stackName);
    requireUpdatable(stack, definition);
    const values = valuesFor(stack, definition.template, this.place, {
      ...definition.parameters,
      ...options.parameters,
    });
    this.functions.code.publish(definition.assets ?? new Map());
    stack.tags = definition.tags ?? {};
    const failures = new InjectedFailures([options.failAt ?? []].flat());
    const cancelled = options.cancel && new CancelledRequest(options.cancel, { ...this, time: this.options.time });
    const deployment = new Deployment(
      stack, definition.template, this.operations(stack, failures, cancelled), this.exports, values, options,
    );
    this.cancelled = cancelled;
    const result = await this.perform(stack, failures, async () => deployment.run());
    this.cancelled = undefined;
    cancelled?.reached('over');
    if (cancelled !== undefined) this.cancelledRequests.add(cancelled.requireHappened());
    return result;
  }

  /** Deploys the stacks of an assembly in their order, up to the first that fails. */
  async deployAssembly(directory: string): Promise<OperationResult[]> {
    const results: OperationResult[] = [];
    for (const definition of readAssembly(directory)) {
      const result = await this.deploy(definition);
      results.push(result);
      if (!isSuccess(result.outcome)) break;
    }
    return results;
  }

  /** Deletes a stack; what its resources' DeletionPolicy retains is in `left` afterwards. */
  async delete(
    stackName: string, options: { readonly failAt?: InjectedFailure | readonly InjectedFailure[] } = {},
  ): Promise<OperationResult> {
    const stack = this.stacks.get(stackName);
    if (stack === undefined) throw new TemplateError(`Stack with id ${stackName} does not exist`);
    const failures = new InjectedFailures([options.failAt ?? []].flat());
    return this.perform(stack, failures, async () => this.deleteResources(stack, this.operations(stack, failures)));
  }

  /** Ends everything at once; no process of a function outlives it. */
  async stop(): Promise<void> {
    this.messaging.stop();
    this.stateMachines.stop();
    await this.functions.stop();
    this.iot.destroy();
    await Promise.all([this.deviceDefender.stop(), this.services.stop()]);
  }

  /** True if a stack made the role or the topic and has deleted it. */
  isDeleted(arn: string): boolean {
    return this.permissions.isDeleted(arn) || this.generic.isDeleted('AWS::SNS::Topic', arn);
  }

  /** Connects state machines with what they reach, and with rules that start them. */
  private connectStateMachines(): void {
    const { functions, messaging, permissions, services, stateMachines } = this;
    Object.assign(stateMachines.reachable, {
      invokeFunction: async (nameOrArn, payload) => {
        const fn = functions.find(nameOrArn);
        return fn && functions.invokeForResult(fn, payload);
      },
      publish: async (topicArn, message) => messaging.topics.publish(topicArn, message),
      putEvents: async (entries) => services.bus.putEvents({ Entries: entries }),
    } satisfies Reachable);
    messaging.targets.onStateMachine = (stateMachineArn, input, { RoleArn }) => {
      if (stateMachines.find(stateMachineArn) === undefined) return 'not rehearsed';
      const required = { action: 'states:StartExecution', resource: stateMachineArn };
      if (permissions.reasonToDeny(String(RoleArn), { sessionName: 'rule' }, required) !== undefined) return 'denied';
      stateMachines.startExecution({ stateMachineArn, input: JSON.stringify(input) });
      return 'delivered';
    };
  }

  private reasonToDeny(call: ReceivedCall): string | undefined {
    const { fn, requestId } = this.functions.invocationOf(call.caller) ?? {};
    const execution = this.stateMachines.executionOf(call.caller);
    const role = fn?.role ?? execution?.machine.roleArn;
    if (role === undefined) return undefined;
    const sessionName = fn?.name ?? execution!.name;
    for (const required of requiredPermissions(call, this.place)) {
      const reason = this.permissions.reasonToDeny(role, { sessionName, requestId }, required);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  private async perform(
    stack: RehearsedStack, failures: InjectedFailures, operation: () => Promise<void>,
  ): Promise<OperationResult> {
    const first = stack.events.length;
    await (this.options.time?.during(operation) ?? operation());
    // A function or a permission may be there now.
    this.messaging.mappings.poll();
    failures.requireAllHappened();
    const events = stack.events.slice(first);
    return { outcome: stack.status!, events, outputs: stack.outputs, changed: changedIn(events) };
  }

  private async deleteResources(stack: RehearsedStack, operations: ResourceOperations): Promise<void> {
    stack.enter('DELETE_IN_PROGRESS');
    try {
      this.exports.requireUnused(stack, new Map());
    } catch (error) {
      // Inferred: nothing is deleted then.
      stack.enter('DELETE_FAILED', (error as Error).message);
      return;
    }
    const resources = [...stack.resources.values()];
    const retained = resources.filter(({ deletionPolicy }) => isRetained(deletionPolicy, 'removed'));
    const remaining = await removeAll(
      operations, resources.filter((resource) => !retained.includes(resource)), 'deletion',
    );
    if (remaining.length > 0) {
      stack.resources = new Map([...remaining, ...retained].map((resource) => [resource.logicalId, resource]));
      stack.enter(
        'DELETE_FAILED',
        `The following resource(s) failed to delete: [${remaining.map(({ logicalId }: StackResource) => logicalId).join(', ')}].`,
      );
      return;
    }
    for (const resource of retained) operations.skip(resource);
    stack.resources.clear();
    stack.exports = new Map();
    stack.imports = new Set();
    this.stacks.delete(stack.name);
    stack.enter('DELETE_COMPLETE');
  }

  private operations(
    stack: RehearsedStack, failures: InjectedFailures, cancelled?: CancelledRequest,
  ): ResourceOperations {
    const { time } = this.options;
    return new ResourceOperations(stack, this.handlerOf, failures, this.left, {
      cancelled, takeTime: async () => time?.sleep(TIME_PER_RESOURCE),
    });
  }

  private stackFor(name: string): RehearsedStack {
    const existing = this.stacks.get(name);
    if (existing !== undefined) return existing;
    const { partition, region, accountId } = this.place;
    const id = `arn:${partition}:cloudformation:${region}:${accountId}:stack/${name}/${this.names.uuid()}`;
    const stack = new RehearsedStack(
      name, id,
      ({ status }) => {
        this.services.stackStatuses.set(id, status!);
        this.services.stackTimes.set(id, { ...this.services.stackTimes.get(id), ...timeOf(status!, this.clock.now()) });
        if (status!.endsWith('ROLLBACK_IN_PROGRESS')) this.cancelled?.reached('begun');
      },
      (event) => this.onEvent?.(event), this.clock, this.options.listsFormerIds,
    );
    this.stacks.set(name, stack);
    return stack;
  }

  private requireHere({ stackName, account, region }: StackDefinition): void {
    const here = this.place;
    if ((account ?? here.accountId) !== here.accountId || (region ?? here.region) !== here.region) {
      throw new TemplateError(
        `${stackName} is bound for account ${account ?? 'any'} and region ${region ?? 'any'}, not ${here.accountId} and ${here.region}`,
      );
    }
  }
}

/** Times that CloudFormation notes when a stack enters a status. */
function timeOf(status: StackStatus, now: number): StackTimes {
  switch (status) {
    case 'CREATE_IN_PROGRESS': return { creation: now };
    case 'UPDATE_IN_PROGRESS': return { lastUpdate: now };
    case 'DELETE_IN_PROGRESS': return { deletion: now };
    default: return {};
  }
}

/** Up to the next event of the stack itself. */
function changedIn([, ...events]: readonly StackEvent[]): string[] {
  const end = events.findIndex(({ resourceType }) => resourceType === 'AWS::CloudFormation::Stack');
  const changes = events
    .slice(0, end)
    .filter(({ status }) => status.startsWith('CREATE') || status.startsWith('UPDATE'));
  return [...new Set(changes.map(({ logicalId }) => logicalId))];
}

function requireUpdatable(stack: RehearsedStack, { stackName, template }: StackDefinition): void {
  const { status } = stack;
  if (status !== undefined && !isSuccess(status) && status !== 'UPDATE_ROLLBACK_COMPLETE') {
    throw new TemplateError(`Stack:${stack.id} is in ${status} state and can not be updated.`);
  }
  const retyped = Object.entries(template.Resources)
    .filter(([id, { Type }]) => (stack.resources.get(id)?.type ?? Type) !== Type)
    .map(([id]) => id);
  if (retyped.length > 0) {
    throw new TemplateError(
      `Update of resource type is not permitted. The new template of ${stackName} modifies the type of: [${retyped.join(', ')}]`,
    );
  }
}
