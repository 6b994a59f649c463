import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { invalidInput } from './invalid-input';

/** The API's pattern. CloudFormation also lets ':' through, which the API then refuses. */
const NAME_PATTERN = /^[a-zA-Z0-9_-]{1,128}$/;

/**
 * Throws when the API of Device Defender would refuse the name.
 */
export function validatePhysicalName(scope: IConstruct, property: string, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name) || NAME_PATTERN.test(name)) {
    return;
  }
  throw invalidInput(scope, {
    property,
    rule: 'must be 1 to 128 letters, digits, hyphens and underscores',
    given: `${JSON.stringify(name)} (${name.length} characters)`,
    fix: 'choose another name, or leave it out to let CloudFormation generate one',
  });
}
