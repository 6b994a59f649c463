import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { WhenRemoved } from './protocol';
import { invalidInput } from '../private/invalid-input';

/**
 * Options for taking over what an account has set already.
 */
export interface AdoptionOptions {
  /**
   * Whether what was found is put back when the construct is removed from its stack, or the stack is deleted.
   *
   * The construct's `removalPolicy` then applies only to the roles, the topic and the key made for it, and its default
   * is `RemovalPolicy.DESTROY`. Settings that somebody else has taken over in the meantime, with another role, are left
   * alone.
   *
   * @default false
   */
  readonly putBackOnRemoval?: boolean;

  /**
   * The roles that the account may use before the adoption. A deployment that fails gives them back, as does
   * `putBackOnRemoval`, and the permission to do so covers only these roles.
   *
   * If the account uses another role, the role of the stack stays in use, and is kept when it is removed from the
   * stack. If the notifications of audits used another role, they are switched off.
   *
   * @default - for audits, the roles that the AWS IoT console makes, named service-role/AWSIoTDeviceDefenderAudit_*;
   * for logging, none
   */
  readonly previousRoles?: IRole[];
}

/**
 * The removal policy of everything made for a setting of the account.
 *
 * @param scope the construct that has the property `removalPolicy`
 * @param given the value of the property
 * @param adoption undefined unless the setting is adopted
 * @throws if it is a snapshot: CloudFormation would delete the setting, since it cannot take a snapshot of it
 */
export function resolveRemovalPolicy(
  scope: IConstruct, given?: RemovalPolicy, adoption?: AdoptionOptions,
): RemovalPolicy {
  if (given === RemovalPolicy.SNAPSHOT) {
    throw invalidInput(scope, {
      property: 'removalPolicy',
      rule: 'must retain or destroy',
      given,
      fix: 'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE or RemovalPolicy.DESTROY, since there is nothing to snapshot',
    });
  }
  return given ?? (adoption?.putBackOnRemoval ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
}

/**
 * The function's task when an adopted setting is removed.
 */
export function whenRemoved({ putBackOnRemoval }: AdoptionOptions, removalPolicy: RemovalPolicy): WhenRemoved {
  if (putBackOnRemoval) {
    return 'PUT_BACK';
  }
  return removalPolicy === RemovalPolicy.DESTROY ? 'SWITCH_OFF' : 'LEAVE';
}
