import { AssetCode, CodeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { invalidInput } from '../private/invalid-input';

/**
 * The code of a function: a file asset that is only needed while the stack is deployed.
 */
export class FunctionCode extends AssetCode {
  /**
   * @param directory the bundled code
   * @param neededBy the construct that needs the function
   * @param without how to do without the function, to be read after "or"
   */
  constructor(directory: string, private readonly neededBy: Construct, private readonly without: string) {
    super(directory, { deployTime: true });
  }

  /**
   * @throws if the stack's synthesizer takes no assets
   */
  public bind(scope: Construct): CodeConfig {
    try {
      return super.bind(scope);
    } catch (error) {
      throw invalidInput(this.neededBy, {
        property: 'synthesizer',
        rule: 'must take file assets, since this construct needs a Lambda function',
        given: `'${(error as Error).message}'`,
        fix: `give the stack a synthesizer with a bucket for assets, or ${this.without}`,
      });
    }
  }
}
