import { ArnFormat, IResource, Resource, Stack } from 'aws-cdk-lib';
import {
  CfnScheduledAudit, IAccountAuditConfigurationRef, IScheduledAuditRef, ScheduledAuditReference,
} from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { AuditSchedule } from './audit-schedule';
import { resolveAuditedChecks } from './audited-checks';
import { AuditCheck } from '../checks/audit-check';
import { renderCheckNames } from '../checks/check-names';
import type { AccountAuditConfiguration } from '../configuration/account-audit-configuration';
import { invalidInput } from '../private/invalid-input';
import { validatePhysicalName, validateTags } from '../private/names-and-tags';
import { isInTree } from '../private/singleton';

/** Per account and region, and so per configuration. AWS does not raise it. */
const MAXIMUM_SCHEDULED_AUDITS = 5;

/**
 * The resource's id by frequency, so that an audit is replaced where an update would leave a day behind: the API changes
 * what it is given and keeps the rest, and a daily audit has no day to give.
 */
const RESOURCE_IDS: Record<string, string> = { DAILY: 'Resource', WEEKLY: 'Weekly', BIWEEKLY: 'Weekly', MONTHLY: 'Monthly' };

/**
 * An audit that runs on a schedule.
 */
export interface IScheduledAudit extends IResource, IScheduledAuditRef {
  /**
   * The audit's name.
   *
   * @attribute
   */
  readonly scheduledAuditName: string;

  /**
   * The audit's ARN.
   *
   * @attribute
   */
  readonly scheduledAuditArn: string;
}

/**
 * What a scheduled audit has beside its configuration.
 */
export interface ScheduledAuditOptions {
  /**
   * When the audit runs.
   */
  readonly schedule: AuditSchedule;

  /**
   * The checks to run, each of which the configuration must enable.
   *
   * @default - every check that the configuration enables
   */
  readonly checks?: AuditCheck[];

  /**
   * The audit's name: 1 to 128 letters, digits, hyphens and underscores.
   *
   * A name cannot be used again while the audit is replaced, so leave it out unless something outside needs it. Between
   * daily, weekly (or biweekly) and monthly an audit is replaced: give it another name together with such a schedule.
   *
   * @default - CloudFormation generates one
   */
  readonly scheduledAuditName?: string;

  /**
   * Whether the construct has another id as soon as it has another schedule.
   *
   * @internal
   */
  readonly _idSaysWhen?: boolean;
}

/**
 * Properties of `ScheduledAudit`.
 */
export interface ScheduledAuditProps extends ScheduledAuditOptions {
  /**
   * The configuration that enables the checks, in the stack's account and region.
   */
  readonly configuration: IAccountAuditConfigurationRef;
}

abstract class ScheduledAuditBase extends Resource implements IScheduledAudit {
  public abstract readonly scheduledAuditName: string;
  public abstract readonly scheduledAuditArn: string;

  public get scheduledAuditRef(): ScheduledAuditReference {
    return { scheduledAuditName: this.scheduledAuditName, scheduledAuditArn: this.scheduledAuditArn };
  }
}

/** The audits that each configuration of the app has, since an account may have only so many. */
const scheduledAuditsOf = new WeakMap<IAccountAuditConfigurationRef, ScheduledAudit[]>();

/**
 * Runs checks on a schedule. Device Defender chooses the time of day.
 *
 * @example
 *
 * declare const configuration: AccountAuditConfiguration;
 *
 * new ScheduledAudit(this, 'CertificateAudit', {
 *   configuration,
 *   schedule: AuditSchedule.monthlyOnLastDay(),
 *   checks: [AuditCheck.DEVICE_CERTIFICATE_EXPIRING],
 * });
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iot-scheduledaudit.html
 */
export class ScheduledAudit extends ScheduledAuditBase {
  /**
   * A scheduled audit that is defined elsewhere, by its name.
   *
   * @param scope the scope, in a stack of the audit's account and region
   * @param id the construct's id
   * @param scheduledAuditName the audit's name
   */
  public static fromScheduledAuditName(scope: Construct, id: string, scheduledAuditName: string): IScheduledAudit {
    return ScheduledAudit.fromScheduledAuditArn(scope, id, Stack.of(scope).formatArn({
      service: 'iot', resource: 'scheduledaudit', resourceName: scheduledAuditName,
    }));
  }

  /**
   * A scheduled audit that is defined elsewhere, by its ARN.
   *
   * @param scope the scope
   * @param id the construct's id
   * @param scheduledAuditArn the audit's ARN
   */
  public static fromScheduledAuditArn(scope: Construct, id: string, scheduledAuditArn: string): IScheduledAudit {
    const name = Stack.of(scope).splitArn(scheduledAuditArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
    class Import extends ScheduledAuditBase {
      public readonly scheduledAuditName = name;
      public readonly scheduledAuditArn = scheduledAuditArn;
    }
    return new Import(scope, id, { environmentFromArn: scheduledAuditArn });
  }

  public readonly scheduledAuditName: string;

  public readonly scheduledAuditArn: string;

  /**
   * The checks that the audit runs.
   */
  public readonly checks: AuditCheck[];

  /**
   * @throws if no check is given, a check twice, one that the configuration does not enable or one that the stack's
   * known region does not have; if the checks of the configuration are not known and none are given; if the name is
   * not one that AWS accepts; if the configuration is known to be of another account or region; if it is the sixth audit
   * of the configuration
   */
  constructor(scope: Construct, id: string, props: ScheduledAuditProps) {
    super(scope, id, { physicalName: props.scheduledAuditName });
    validatePhysicalName(this, 'scheduledAuditName', props.scheduledAuditName);
    this.checks = this.resolveChecks(props);
    this.countWith(props.configuration);

    const resource = new CfnScheduledAudit(this, props._idSaysWhen ? 'Resource' : RESOURCE_IDS[props.schedule.frequency], {
      scheduledAuditName: this.physicalName,
      frequency: props.schedule.frequency,
      dayOfWeek: props.schedule.dayOfWeek,
      dayOfMonth: props.schedule.dayOfMonth,
      targetCheckNames: renderCheckNames(this.stack, this.checks),
    });
    this.node.defaultChild = resource;
    validateTags(this, resource);
    // A check must be enabled before it is scheduled, and no reference says so.
    resource.node.addDependency(props.configuration.node.defaultChild ?? props.configuration);
    const { _beforeSchedules } = props.configuration as Partial<AccountAuditConfiguration>;
    if (_beforeSchedules) {
      resource.node.addDependency(_beforeSchedules);
    }

    this.scheduledAuditName = this.getResourceNameAttribute(resource.ref);
    this.scheduledAuditArn = this.getResourceArnAttribute(resource.attrScheduledAuditArn, {
      service: 'iot', resource: 'scheduledaudit', resourceName: this.physicalName,
    });
  }

  private resolveChecks(props: ScheduledAuditProps): AuditCheck[] {
    const checks = resolveAuditedChecks(this, props.configuration, props.checks);
    if (!checks) {
      throw invalidInput(this, {
        property: 'checks',
        rule: `must be given where the enabled checks of ${props.configuration.node.path} are not known`,
        given: 'none',
        fix: 'name the checks, or import the configuration with its enabledChecks',
      });
    }
    return checks;
  }

  private countWith(configuration: IAccountAuditConfigurationRef) {
    const audits = [...(scheduledAuditsOf.get(configuration) ?? []).filter(isInTree), this];
    if (audits.length > MAXIMUM_SCHEDULED_AUDITS) {
      throw invalidInput(this, {
        property: 'configuration',
        rule: `can have at most ${MAXIMUM_SCHEDULED_AUDITS} scheduled audits`,
        given: `a further one beside ${audits.slice(0, -1).map((audit) => audit.node.path).join(', ')}`,
        fix: 'run more checks in one audit instead',
      });
    }
    scheduledAuditsOf.set(configuration, audits);
  }
}
