import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnMitigationAction } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';

/** One kind of mitigation: the parameters that a template gives it and the permissions that its role needs. */
export interface MitigationDefinition {
  /**
   * @param scope the mitigation action, under which further constructs may be made
   */
  bind(scope: Construct): BoundMitigation;
}

export interface BoundMitigation {
  readonly actionParams: CfnMitigationAction.ActionParamsProperty;

  /** Lets the action's role do exactly what the action does. */
  grantTo(grantee: IGrantable): void;
}
