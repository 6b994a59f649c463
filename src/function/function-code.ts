import { join } from 'node:path';
import { AssetCode, CodeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { invalidInput } from '../private/invalid-input';

const DIRECTORY = join(__dirname, '..', '..', 'assets', 'function', 'runtime', 'entry');

/**
 * The function's code, a file asset that is only needed while the stack is deployed.
 */
export class FunctionCode extends AssetCode {
  /**
   * @param neededBy what of the stack needs the function
   */
  constructor(private readonly neededBy: Construct) {
    super(DIRECTORY, { deployTime: true });
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
        fix: 'give the stack a synthesizer with a bucket for assets, or do without the function: DeploymentAudit.none(), '
          + 'CheckRemoval.IN_TWO_DEPLOYMENTS, and existing: ExistingConfiguration.refuse() or ExistingLogging.refuse()',
      });
    }
  }
}
