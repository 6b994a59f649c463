import type { PhysicalNames, Place } from '../cloudformation/generic-resources';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** The parameters of Systems Manager's Parameter Store, by name. */
export class Parameters {
  private readonly parameters = new Map<string, Parameter>();

  constructor(private readonly place: Place, private readonly now: () => number) {}

  /** Sets a value, as a person or a deployment does. */
  put(name: string, value: string, type = this.get(name)?.type ?? 'String'): void {
    const version = (this.get(name)?.version ?? 0) + 1;
    this.parameters.set(name, { name, type, value, version, lastModified: this.now() });
  }

  get(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  delete(name: string): void {
    this.parameters.delete(name);
  }

  /** The slash that begins the name of a parameter in a hierarchy is not doubled. */
  arn(name: string): string {
    const { partition, region, accountId } = this.place;
    return `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  }
}

/**
 * AWS::SSM::Parameter. As in the public code of CloudFormation's handler, every update puts the template's value, also
 * where only a tag has changed; a resource without a change is not updated and keeps a value that was set by hand.
 */
export class ParameterHandler implements ResourceHandler {
  constructor(private readonly parameters: Parameters, private readonly names: PhysicalNames) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const name = properties.Name === undefined ? `CFN-${this.names.next(resource)}` : String(properties.Name);
    if (this.parameters.get(name) !== undefined) {
      throw failed('AlreadyExists', `Resource of type '${resource.type}' with identifier '${name}' already exists.`);
    }
    return this.put(name, properties);
  }

  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(physicalId, properties);
  }

  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.parameters.delete(physicalId);
  }

  private put(name: string, { Type, Value }: Properties): Handled {
    this.parameters.put(name, String(Value), String(Type));
    return { physicalId: name, attributes: { Type, Value } };
  }
}
