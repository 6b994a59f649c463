import { ArnFormat, IResource, Resource, Stack } from 'aws-cdk-lib';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  CfnScheduledAudit, IAccountAuditConfigurationRef, IScheduledAuditRef, ScheduledAuditReference,
} from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { AuditMetrics } from './audit-metrics';
import { AuditFrequency, AuditSchedule } from './audit-schedule';
import { resolveAuditedChecks } from './audited-checks';
import { AuditCheck } from '../checks/audit-check';
import { renderCheckNames } from '../checks/check-rendering';
import type { AccountAuditConfiguration } from '../configuration/account-audit-configuration';
import { isInTree } from '../private/in-tree';
import { invalidInput } from '../private/invalid-input';
import { validatePhysicalName, validateTags } from '../private/names-and-tags';

/** The limit of an account and region, and so of a configuration. AWS does not raise it. */
const MAXIMUM_SCHEDULED_AUDITS = 5;

/**
 * The resource's id for each frequency, so that an audit is replaced if an update would leave a day behind: the API
 * changes what it is given and keeps the rest, and a daily audit gives it no day.
 */
const RESOURCE_IDS: Record<AuditFrequency, string> = {
  DAILY: 'Resource', WEEKLY: 'Weekly', BIWEEKLY: 'Weekly', MONTHLY: 'Monthly',
};

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

  /**
   * The number of resources that a check has found to be non-compliant; suppressed ones do not count.
   *
   * An audit gives one data point, so it is seen in a graph of days and weeks.
   *
   * @param check a check that the audit runs
   * @param options statistic, period and the like; the maximum of a day by default
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
   */
  metricNonCompliantResources(check: AuditCheck, options?: MetricOptions): Metric;

  /**
   * The number of resources that a check has looked at.
   *
   * @param check a check that the audit runs
   * @param options statistic, period and the like; the maximum of a day by default
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
   */
  metricResourcesEvaluated(check: AuditCheck, options?: MetricOptions): Metric;
}

/**
 * Options for adding a scheduled audit to a configuration.
 */
export interface ScheduledAuditOptions {
  /**
   * The frequency and the day of the audit.
   */
  readonly schedule: AuditSchedule;

  /**
   * The checks to run. The configuration must enable each of them.
   *
   * @default - every check that the configuration enables
   */
  readonly checks?: AuditCheck[];

  /**
   * The audit's name: 1 to 128 letters, digits, hyphens and underscores.
   *
   * Leave it out unless something outside the stack needs it: an audit that is replaced needs another name. A change
   * between daily, weekly (or biweekly) and monthly replaces the audit, so change a given name together with it.
   *
   * @default - CloudFormation generates a name
   */
  readonly scheduledAuditName?: string;

  /**
   * True if the construct's id already names the schedule.
   *
   * @internal
   */
  readonly _idNamesSchedule?: boolean;
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

  /** A reference to the audit, as other constructs take it. */
  public get scheduledAuditRef(): ScheduledAuditReference {
    return { scheduledAuditName: this.scheduledAuditName, scheduledAuditArn: this.scheduledAuditArn };
  }

  /**
   * The number of resources that a check has found to be non-compliant; suppressed ones do not count.
   *
   * An audit gives one data point, so it is seen in a graph of days and weeks.
   *
   * @param check a check that the audit runs
   * @param options statistic, period and the like; the maximum of a day by default
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
   */
  public metricNonCompliantResources(check: AuditCheck, options?: MetricOptions): Metric {
    return this.metrics.nonCompliantResources(check, options);
  }

  /**
   * The number of resources that a check has looked at.
   *
   * @param check a check that the audit runs
   * @param options statistic, period and the like; the maximum of a day by default
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
   */
  public metricResourcesEvaluated(check: AuditCheck, options?: MetricOptions): Metric {
    return this.metrics.resourcesEvaluated(check, options);
  }

  private get metrics(): AuditMetrics {
    return new AuditMetrics(this.env, this.scheduledAuditName);
  }
}

/** The audits of each configuration in the app, which are counted because an account may have only so many. */
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
   * Imports a scheduled audit by its name.
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
   * Imports a scheduled audit by its ARN.
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

  /** @internal */
  public readonly _frequency: AuditFrequency;

  /**
   * @throws if no check is given, a check twice, one that the configuration does not enable or one that the stack's
   * known region does not have; if the checks of the configuration are not known and none are given; if AWS does not
   * accept the name; if the configuration is known to be of another account or region; if it already has five audits
   */
  constructor(scope: Construct, id: string, props: ScheduledAuditProps) {
    super(scope, id, { physicalName: props.scheduledAuditName });
    validatePhysicalName(this, 'scheduledAuditName', props.scheduledAuditName);
    this.checks = this.resolveChecks(props);
    this._frequency = props.schedule.frequency;
    this.countWith(props.configuration);

    const resourceId = props._idNamesSchedule ? 'Resource' : RESOURCE_IDS[props.schedule.frequency];
    const resource = new CfnScheduledAudit(this, resourceId, {
      scheduledAuditName: this.physicalName,
      frequency: props.schedule.frequency,
      dayOfWeek: props.schedule.dayOfWeek,
      dayOfMonth: props.schedule.dayOfMonth,
      targetCheckNames: renderCheckNames(this.stack, this.checks),
    });
    this.node.defaultChild = resource;
    validateTags(this, resource);
    // A check must be enabled before it is scheduled, and no reference orders the two.
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

  private countWith(configuration: IAccountAuditConfigurationRef): void {
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
