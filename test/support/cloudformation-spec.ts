import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

const spec = loadAwsServiceSpecSync();

type Properties = ReturnType<typeof spec.all<'resource'>>[number]['properties'];
type PropertyType = Properties[string]['type'];

/** Every property of a resource type, nested ones too, as paths: `ActionParams.UpdateCACertificateParams.Action`. */
export function specifiedPaths(cloudFormationType: string): string[] {
  return pathsOf(resource(cloudFormationType).properties);
}

/** The names of the properties directly below a path. */
export function specifiedNames(cloudFormationType: string, parent: string): string[] {
  const prefix = `${parent}.`;
  return specifiedPaths(cloudFormationType)
    .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('.'))
    .map((path) => path.slice(prefix.length));
}

/** The values that a top-level property may have. */
export function specifiedValues(cloudFormationType: string, property: string): string[] {
  const { type } = resource(cloudFormationType).properties[property];
  return type.type === 'string' ? type.allowedValues ?? [] : [];
}

function resource(cloudFormationType: string) {
  return spec.lookup('resource', 'cloudFormationType', 'equals', cloudFormationType).only();
}

function pathsOf(properties: Properties): string[] {
  return Object.entries(properties).flatMap(([name, { type }]) => [name, ...nestedPaths(type).map((path) => `${name}.${path}`)]);
}

function nestedPaths(type: PropertyType): string[] {
  switch (type.type) {
    case 'ref':
      return pathsOf(spec.get('typeDefinition', type.reference.$ref).properties);
    case 'array':
    case 'map':
      return nestedPaths(type.element);
    case 'union':
      return type.types.flatMap(nestedPaths);
    default:
      return [];
  }
}
