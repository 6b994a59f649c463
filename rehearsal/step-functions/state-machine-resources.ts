import { Definition, readDefinition } from './definition';
import type { StateMachines } from './state-machines';
import type { GenericResources, PhysicalNames, Place } from '../cloudformation/generic-resources';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

const LONGEST_NAME = 80;

/** AWS::StepFunctions::StateMachine: an update keeps its ARN, and its executions. */
export class StateMachineHandler implements ResourceHandler {
  constructor(
    private readonly machines: StateMachines, private readonly generic: GenericResources,
    private readonly names: PhysicalNames, private readonly place: Place,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const definition = this.definitionOf(properties);
    const { physicalId } = await this.generic.create(resource, properties, this.names.next(resource, LONGEST_NAME));
    return this.put(physicalId, properties, definition);
  }

  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(physicalId, properties, this.definitionOf(properties));
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.machines.delete(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private put(arn: string, { RoleArn }: Properties, definition: Definition): Handled {
    const name = arn.split(':').at(-1)!;
    this.machines.put({ name, arn, roleArn: String(RoleArn), definition });
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  }

  private definitionOf(properties: Properties): Definition {
    const { RoleArn, DefinitionString, Definition: asObject, StateMachineType = 'STANDARD' } = properties;
    if (RoleArn === undefined) throw failed('InvalidRequest', 'Model validation failed (#: required key [RoleArn] not found)');
    if (StateMachineType !== 'STANDARD') {
      throw failed('InvalidRequest', `The rehearsal does not have state machines of the type ${String(StateMachineType)}`);
    }
    if (DefinitionString === undefined && asObject === undefined) {
      throw failed('InvalidRequest', 'The rehearsal has definitions in the template only, not from S3');
    }
    const text = substitute(
      DefinitionString === undefined ? JSON.stringify(asObject) : String(DefinitionString),
      (properties.DefinitionSubstitutions ?? {}) as Readonly<Record<string, unknown>>,
    );
    try {
      return readDefinition(text, this.place.partition);
    } catch (error) {
      throw failed('InvalidRequest', (error as Error).message);
    }
  }
}

function substitute(text: string, substitutions: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : whole);
}
