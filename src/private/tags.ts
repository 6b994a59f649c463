import { ITaggable, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { invalidInputMessage } from './invalid-input';

/** The service allows 50, of which CloudFormation takes three for tags of its own. */
const MAXIMUM_TAGS = 47;

/**
 * Checks at synth, when all aspects have run, the tags that a resource is going to have.
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
