import { ITaggable, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { invalidInput, invalidInputMessage } from './invalid-input';

/** The API's pattern. CloudFormation also accepts ':', but then the API refuses it. */
const NAME_PATTERN = /^[a-zA-Z0-9_-]{1,128}$/;

/** The service allows 50 tags, and CloudFormation adds three of its own. */
const MAXIMUM_TAGS = 47;

/**
 * Throws if the API of Device Defender would refuse the name.
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

/**
 * Checks the tags of a resource at synth, after all aspects have run.
 */
export function validateTags(scope: IConstruct, resource: ITaggable): void {
  scope.node.addValidation({
    validate: () => {
      const tags = Object.entries(resource.tags.tagValues());
      const empty = tags.filter(([, value]) => !Token.isUnresolved(value) && value === '').map(([key]) => key);
      return [
        ...empty.length === 0 ? [] : [invalidInputMessage(undefined, {
          property: 'tags',
          rule: 'must have values of 1 to 256 characters',
          given: `no value for ${empty.join(', ')}`,
          fix: 'give the tags a value, or remove them with Tags.of(...).remove()',
        })],
        ...tags.length <= MAXIMUM_TAGS ? [] : [invalidInputMessage(undefined, {
          property: 'tags',
          rule: `must be at most ${MAXIMUM_TAGS}, beside CloudFormation's own three`,
          given: String(tags.length),
          fix: 'remove some with Tags.of(...).remove()',
        })],
      ];
    },
  });
}
