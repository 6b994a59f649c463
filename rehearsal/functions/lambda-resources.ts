import type { LambdaFunctions } from './lambda-functions';
import type { GenericResources } from '../cloudformation/generic-resources';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** AWS::Lambda::Function: its code runs when a custom resource needs it. */
export class LambdaFunctionHandler implements ResourceHandler {
  constructor(
    private readonly functions: LambdaFunctions, private readonly generic: GenericResources,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const directory = this.directoryOf(properties);
    const handled = await this.generic.create(resource, properties);
    this.put(handled, properties, directory);
    return handled;
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    const directory = this.directoryOf(properties);
    const handled = await this.generic.update(resource, physicalId);
    this.put(handled, properties, directory);
    return handled;
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.functions.remove(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private directoryOf({ Code }: Properties): string | undefined {
    if (this.functions.inProcess !== undefined) return '';
    return this.functions.code.directoryOf(Code as Parameters<LambdaFunctions['code']['directoryOf']>[0]);
  }

  private put(
    { physicalId: name, inventAttribute }: Handled, properties: Properties, directory: string | undefined,
  ): void {
    const { Handler, Role, Runtime, Timeout, Environment, LoggingConfig } = properties as {
      Handler?: string;
      Role?: string;
      Runtime?: string;
      Timeout?: number | string;
      Environment?: { Variables?: Record<string, string> };
      LoggingConfig?: { LogGroup?: string };
    };
    this.functions.put({
      name,
      arn: inventAttribute!('Arn'),
      directory,
      handler: Handler ?? 'index.handler',
      runtime: Runtime ?? '',
      role: Role,
      timeoutSeconds: Number(Timeout ?? 3),
      logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      environment: Environment?.Variables ?? {},
    });
  }
}

/** AWS::Lambda::EventInvokeConfig: how often Lambda repeats a failed invocation. */
export class EventInvokeConfigHandler implements ResourceHandler {
  constructor(private readonly functions: LambdaFunctions, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    this.put(properties);
    return this.generic.create(resource, properties);
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    this.put(properties);
    return this.generic.update(resource, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<void> {
    this.functions.retries.delete(String(properties.FunctionName));
    await this.generic.delete(resource, physicalId);
  }

  private put({ FunctionName, MaximumRetryAttempts }: Properties): void {
    if (MaximumRetryAttempts !== undefined) {
      this.functions.retries.set(String(FunctionName), Number(MaximumRetryAttempts));
    }
  }
}
