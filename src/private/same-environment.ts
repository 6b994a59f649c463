import { ResourceEnvironment, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { differs } from './deployment-place';
import { invalidInput } from './invalid-input';

/** What is said of a construct in another environment. */
export interface EnvironmentRule {
  /** The property that names the construct, as the user wrote it. */
  readonly property: string;

  /**
   * The rule, up to the account or region of the stack.
   * @default 'must be of'
   */
  readonly rule?: string;

  /** The solution. */
  readonly fix: string;
}

/** Throws if what a user gave is known to be of another account or region than the stack. */
export function requireSameEnvironment(
  scope: IConstruct, { env, node }: IConstruct & { readonly env: ResourceEnvironment },
  { property, rule = 'must be of', fix }: EnvironmentRule,
): void {
  const stack = Stack.of(scope);
  const different = (['account', 'region'] as const).filter((part) => differs(stack[part], env[part]));
  if (different.length > 0) {
    throw invalidInput(scope, {
      property,
      rule: `${rule} the stack's ${different.map((part) => `${part} ${stack[part]}`).join(' and ')}`,
      given: `${node.path} of ${different.map((part) => env[part]).join(' and ')}`,
      fix,
    });
  }
}
