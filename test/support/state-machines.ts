import { Stack } from 'aws-cdk-lib';
import { onlyResource } from './templates';

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Resource?: string;
  readonly Parameters?: Record<string, unknown>;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly Record<string, unknown>[];
  readonly Retry?: readonly Record<string, unknown>[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly ItemProcessor?: Definition;
}

export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Record<string, State>;
}

const PSEUDO_PARAMETERS: Record<string, string> = { 'AWS::Region': 'us-east-1', 'AWS::AccountId': '111111111111' };

/** The definition of a stack's only state machine, as it is deployed: references have the value `<logical id>`. */
export function deployedDefinition(stack: Stack, partition = 'aws'): Definition {
  const { DefinitionString: definition } = onlyResource(stack, 'AWS::StepFunctions::StateMachine').Properties;
  return JSON.parse(deployed(definition, partition));
}

function deployed(value: unknown, partition: string): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as { 'Ref'?: string; 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: [string, string] };
  if (intrinsic['Fn::Join']) {
    const [delimiter, parts] = intrinsic['Fn::Join'];
    return parts.map((part) => deployed(part, partition)).join(delimiter);
  }
  if (intrinsic['Fn::GetAtt']?.[1] === 'Arn') {
    return `arn:${partition}:lambda:us-east-1:111111111111:function:${intrinsic['Fn::GetAtt'][0]}`;
  }
  const { Ref: reference } = intrinsic;
  if (reference === undefined) throw new Error(`cannot deploy ${JSON.stringify(value)}`);
  return reference === 'AWS::Partition' ? partition : PSEUDO_PARAMETERS[reference] ?? `<${reference}>`;
}
