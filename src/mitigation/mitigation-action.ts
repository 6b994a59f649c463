import { ArnFormat, IResource, Lazy, Resource, Stack } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnMitigationAction, IMitigationActionRef, MitigationActionReference } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { Mitigation } from './mitigation';
import { MitigationActionType } from './mitigation-action-type';
import { checkBroughtRole, permissionsOf } from '../private/brought-roles';
import { warnWithoutDeviceDefender } from '../private/iot-regions';
import { validatePhysicalName, validateTags } from '../private/names-and-tags';
import { IotServiceRole } from '../private/own-roles';

/**
 * A mitigation action: something that can be applied to the findings of an audit.
 */
export interface IMitigationAction extends IResource, IMitigationActionRef {
  /**
   * The action's name, by which it is applied.
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
   * What the action does.
   */
  readonly mitigation: Mitigation;

  /**
   * The action's name: 1 to 128 letters, digits, hyphens and underscores.
   *
   * A name narrows the trust of the action's role to this action. It must change when the kind of mitigation changes,
   * because CloudFormation then makes a new action before it deletes the old one.
   *
   * @default - CloudFormation generates one
   */
  readonly mitigationActionName?: string;

  /**
   * The role by which Device Defender acts.
   *
   * A role of yours is given what it needs; pass `role.withoutPolicyUpdates()` to see to its permissions yourself.
   *
   * @default - a role that may do what the mitigation does and nothing else
   */
  readonly role?: IRole;
}

abstract class MitigationActionBase extends Resource implements IMitigationAction {
  public abstract readonly mitigationActionName: string;
  public abstract readonly mitigationActionArn: string;

  public get mitigationActionRef(): MitigationActionReference {
    return { actionName: this.mitigationActionName, mitigationActionArn: this.mitigationActionArn };
  }
}

/**
 * Makes a mitigation ready to be applied to the findings of an audit.
 *
 * It applies nothing by itself: that takes a mitigation task, which a person starts in the console or a program
 * through the API.
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
   * A mitigation action that is defined elsewhere, by its name.
   *
   * @param scope the scope, in a stack of the action's account and region
   * @param id the construct's id
   * @param mitigationActionName the action's name
   */
  public static fromMitigationActionName(scope: Construct, id: string, mitigationActionName: string): IMitigationAction {
    return MitigationAction.fromMitigationActionArn(scope, id, formatMitigationActionArn(scope, mitigationActionName));
  }

  /**
   * A mitigation action that is defined elsewhere, by its ARN.
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
   * What the action does, as AWS names it.
   */
  public readonly mitigationActionType: MitigationActionType;

  /**
   * The role by which Device Defender acts.
   */
  public readonly role: IRole;

  /**
   * @throws if the name is not one that AWS accepts; if the mitigation is incomplete or uses a topic that cannot
   * work; if a role is of another account or, at synth, does not trust iot.amazonaws.com
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

    // Whether an action can change its type in place is not documented, so another type is another resource.
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
    // Whether there is a name can turn out as late as at synthesis, with PhysicalName.GENERATE_IF_NEEDED.
    const nameOrAny = Lazy.uncachedString({ produce: (context) => context.resolve(this.physicalName) ?? '*' });
    return new IotServiceRole(this, 'Role', {
      description: `Lets AWS IoT Device Defender mitigate: ${this.mitigationActionType}`,
      sourceArn: formatMitigationActionArn(this, nameOrAny),
    });
  }
}

function formatMitigationActionArn(scope: Construct, mitigationActionName: string): string {
  return Stack.of(scope).formatArn({ service: 'iot', resource: 'mitigationaction', resourceName: mitigationActionName });
}
