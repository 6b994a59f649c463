import { asError, describeError } from './aws-calls.lambda-shared';
import { RequestFailure } from './custom-resource-handler.lambda-shared';

/** A handler of rejections that says in other words what an error means. */
export function failWith(meaning: string): (error: unknown) => never {
  return (error) => {
    throw new RequestFailure(`${meaning} (${describeError(asError(error))}); allow its role what its policy lists, or deploy again`);
  };
}
