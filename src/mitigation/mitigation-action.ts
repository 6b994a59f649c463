import { ArnFormat, IResource, Lazy, Resource, Stack } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnMitigationAction, IMitigationActionRef, MitigationActionReference } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { Mitigation } from './mitigation';
import { MitigationActionType } from '../checks/check-table';
import { checkBroughtRole, permissionsOf } from '../private/brought-roles';
import { warnWithoutDeviceDefender } from '../private/iot-regions';
import { validatePhysicalName, validateTags } from '../private/names-and-tags';
import { IotServiceRole } from '../private/own-roles';

/**
 * A mitigation action, which can be applied to the findings of an audit.
 */
export interface IMitigationAction extends IResource, IMitigationActionRef {
  /**
   * The action's name, which a mitigation task refers to.
   *
   * @attribute
   */
  readonly mitigationActionName: string;

  /**
   * The action's ARN.
   *
   * @attribute
   */
  readonly mitigationActionArn: string;
}

/**
 * Properties of `MitigationAction`.
 */
export interface MitigationActionProps {
  /**
   * The effect of the action.
   */
  readonly mitigation: Mitigation;

  /**
   * The action's name: 1 to 128 letters, digits, hyphens and underscores.
   *
   * A name narrows the trust of the action's role to this action. Change it together with the kind of mitigation:
   * CloudFormation then creates the new action before it deletes the old one.
   *
   * @default - CloudFormation generates a name
   */
  readonly mitigationActionName?: string;

  /**
   * The role that Device Defender assumes for the action.
   *
   * The construct grants your role the permissions that it needs; pass `role.withoutPolicyUpdates()` to manage them
   * yourself.
   *
   * @default - a role with the permissions of the mitigation and no other
   */
  readonly role?: IRole;
}

abstract class MitigationActionBase extends Resource implements IMitigationAction {
  public abstract readonly mitigationActionName: string;
  public abstract readonly mitigationActionArn: string;

  /** A reference to the action, as other constructs take it. */
  public get mitigationActionRef(): MitigationActionReference {
    return { actionName: this.mitigationActionName, mitigationActionArn: this.mitigationActionArn };
  }
}

/**
 * Defines a mitigation action, which can be applied to the findings of an audit.
 *
 * It applies nothing by itself. A mitigation task does, which somebody starts in the console or through the API.
 *
 * @example
 *
 * new MitigationAction(this, 'DeactivateCertificate', {
 *   mitigation: Mitigation.updateDeviceCertificate(),
 * });
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iot-mitigationaction.html
 */
export class MitigationAction extends MitigationActionBase {
  /**
   * Imports a mitigation action by its name.
   *
   * @param scope the scope, in a stack of the action's account and region
   * @param id the construct's id
   * @param mitigationActionName the action's name
   */
  public static fromMitigationActionName(
    scope: Construct, id: string, mitigationActionName: string,
  ): IMitigationAction {
    return MitigationAction.fromMitigationActionArn(scope, id, formatMitigationActionArn(scope, mitigationActionName));
  }

  /**
   * Imports a mitigation action by its ARN.
   *
   * @param scope the scope
   * @param id the construct's id
   * @param mitigationActionArn the action's ARN
   */
  public static fromMitigationActionArn(scope: Construct, id: string, mitigationActionArn: string): IMitigationAction {
    const name = Stack.of(scope).splitArn(mitigationActionArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
    class Import extends MitigationActionBase {
      public readonly mitigationActionName = name;
      public readonly mitigationActionArn = mitigationActionArn;
    }
    return new Import(scope, id, { environmentFromArn: mitigationActionArn });
  }

  public readonly mitigationActionName: string;

  public readonly mitigationActionArn: string;

  /**
   * The action's id, which AWS generates.
   *
   * @attribute
   */
  public readonly mitigationActionId: string;

  /**
   * The kind of mitigation action, as AWS names it.
   */
  public readonly mitigationActionType: MitigationActionType;

  /**
   * The role that Device Defender assumes for the action.
   */
  public readonly role: IRole;

  /**
   * @throws if AWS does not accept the name; if the mitigation is incomplete or uses a topic that cannot work; if a
   * role belongs to another account or, at synth, does not trust iot.amazonaws.com
   */
  constructor(scope: Construct, id: string, props: MitigationActionProps) {
    super(scope, id, { physicalName: props.mitigationActionName });
    warnWithoutDeviceDefender(this);
    validatePhysicalName(this, 'mitigationActionName', props.mitigationActionName);
    this.mitigationActionType = props.mitigation.mitigationActionType;
    const mitigation = props.mitigation._bind(this);
    this.role = this.resolveRole(props.role);
    const permissions = permissionsOf(this, 'RolePolicy', this.role);
    mitigation.grantTo(permissions);

    // AWS does not document that an action can change its type in place, so another type is another resource.
    const resource = new CfnMitigationAction(this, this.mitigationActionType, {
      actionName: this.physicalName,
      roleArn: this.role.roleArn,
      actionParams: mitigation.actionParams,
    });
    this.node.defaultChild = resource;
    resource.node.addDependency(this.role, permissions);
    validateTags(this, resource);

    this.mitigationActionName = this.getResourceNameAttribute(resource.ref);
    this.mitigationActionArn = this.getResourceArnAttribute(resource.attrMitigationActionArn, {
      service: 'iot', resource: 'mitigationaction', resourceName: this.physicalName,
    });
    this.mitigationActionId = resource.attrMitigationActionId;
  }

  private resolveRole(brought?: IRole): IRole {
    if (brought) {
      checkBroughtRole(this, 'role', brought);
      return brought;
    }
    // With PhysicalName.GENERATE_IF_NEEDED, only synthesis tells if there is a name.
    const nameOrAny = Lazy.uncachedString({ produce: (context) => context.resolve(this.physicalName) ?? '*' });
    return new IotServiceRole(this, 'Role', {
      description: `Lets AWS IoT Device Defender mitigate: ${this.mitigationActionType}`,
      sourceArn: formatMitigationActionArn(this, nameOrAny),
    });
  }
}

function formatMitigationActionArn(scope: Construct, resourceName: string): string {
  return Stack.of(scope).formatArn({ service: 'iot', resource: 'mitigationaction', resourceName });
}
