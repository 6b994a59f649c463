import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { TemplateAudit, TemplateAuditOptions } from './template-audit';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity } from '../checks/check-table';
import { invalidInput } from '../private/invalid-input';

/**
 * What is checked, what fails the synth, and what no template tells about the fleet.
 */
export interface DeviceDefenderChecksProps {
  /**
   * The checks to carry out, in all regions. A check's threshold counts where no template configures the account's audits.
   *
   * @default - every check, in the regions that have it
   */
  readonly checks?: AuditCheck[];

  /**
   * The lowest severity that fails the synth. What is less severe is reported as a warning.
   *
   * CDK's strict mode (`@aws-cdk/core:strictCfnValidateErrors`) fails on warnings, too.
   *
   * @default AuditSeverity.CRITICAL
   */
  readonly failOn?: AuditSeverity;

  /**
   * Whether the synth also fails where a check cannot be decided.
   *
   * @default false - it is reported for information
   */
  readonly failOnUndecided?: boolean;

  /**
   * Values that parameters of the templates will have at deployment, by the name of the parameter, or, for one stack,
   * by its construct path, a slash, and the name. What the stack around a nested stack passes counts before a name alone.
   *
   * @default - the values are unknown
   */
  readonly parameterValues?: { readonly [name: string]: string };

  /**
   * Whether the parameters of the templates keep their defaults at deployment.
   *
   * Those of nested stacks always do, unless the stack around them says otherwise.
   *
   * @default false - a default may be overridden, so the value is unknown
   */
  readonly assumeParameterDefaults?: boolean;

  /**
   * The services that devices use through role aliases, by their prefix in IAM, for example `s3`. Device Defender only
   * objects to broad access to those that were used within a year.
   *
   * @default - every service that a role allows is used
   */
  readonly usedServices?: string[];

  /**
   * Whether the logs of AWS IoT are enabled in the account and region by other means than these templates.
   *
   * @default false - it cannot be decided whether they are enabled
   */
  readonly loggingEnabledElsewhere?: boolean;

  /**
   * Whether the values that devices send to fleet provisioning are known to be names, for example because a
   * pre-provisioning hook validates them. Otherwise a device may send a wildcard.
   *
   * @default false - what depends on such values cannot be decided
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html
   */
  readonly provisioningParametersValidated?: boolean;

  /**
   * A file to write the findings to in the format SARIF 2.1.0, which code hosts show at the lines of the templates.
   *
   * It must not be within the cloud assembly (`cdk.out`). That it cannot be written is reported as a warning.
   *
   * @default - no file is written
   */
  readonly sarifFile?: string;
}

/**
 * Carries out the checks of AWS IoT Device Defender Audit at synth, on the templates that are about to be deployed.
 *
 * What a check says is compliant, non-compliant, or cannot be decided, since it depends on a parameter, an import or
 * something else that only the deployment knows. What cannot be decided is listed and does not fail the synth.
 * Checks that need to know what devices have done are named in CDK's report file only.
 *
 * AWS publishes examples of what its checks object to, not how they decide. Each check here rests on a sentence of AWS's
 * documentation, which the comment of its source file quotes; it may differ from what the audit of the account finds.
 *
 * Rule ids are the names of the checks, and `UNREAD_TEMPLATE` for what no check can look at. A finding is acknowledged with
 * `Validations.of(scope).acknowledge({ id: 'DeviceDefender::LOGGING_DISABLED_CHECK', reason: '...' })`, for one construct
 * or for all within it. CDK's report lists what is acknowledged so. The name of the check alone does as well; then
 * only the SARIF file lists it. With aws-cdk-lib 2.262.0, only the latter is limited to the construct.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 *
 * @example
 *
 * declare const app: App;
 * Validations.of(app).addPlugins(new DeviceDefenderChecks());
 */
export class DeviceDefenderChecks implements IPolicyValidationPlugin {
  /**
   * The name of the plugin in CDK's report, and what precedes the id of a rule in an acknowledgement.
   */
  public readonly name = 'DeviceDefender';

  /**
   * The names of the checks that are carried out.
   */
  public readonly ruleIds?: string[];

  private readonly options: TemplateAuditOptions;
  private loadedAudit?: TemplateAudit;

  /**
   * @throws if no check is listed, a check twice, a service that is no prefix in IAM, or a file without a name
   */
  public constructor(props: DeviceDefenderChecksProps = {}) {
    validateProps(props);
    const checks = [...props.checks ?? AuditCheck.all()];
    this.options = {
      toolName: this.name,
      checks,
      everywhere: props.checks !== undefined,
      failing: { failOn: props.failOn ?? AuditSeverity.CRITICAL, failOnUndecided: props.failOnUndecided ?? false },
      parameters: { values: { ...props.parameterValues }, defaults: props.assumeParameterDefaults ?? false },
      facts: {
        usedServices: props.usedServices && [...props.usedServices],
        loggingEnabledElsewhere: props.loggingEnabledElsewhere ?? false,
        provisioningParametersValidated: props.provisioningParametersValidated ?? false,
      },
      sarifFile: props.sarifFile,
    };
    this.ruleIds = checks.map(({ checkName }) => checkName);
  }

  /**
   * Checks the templates of an app. CDK calls it at synth; it does not throw.
   */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    return this.audit.ofApp(context);
  }

  /**
   * Checks CloudFormation templates that CDK did not make, as one deployment. A file that is not JSON is reported as
   * undecided.
   *
   * Templates in YAML can be read with `CfnInclude`.
   *
   * @param templatePaths the files, in JSON, at least one
   * @throws if there is no file
   */
  public checkTemplates(...templatePaths: string[]): PolicyValidationPluginReport {
    if (templatePaths.length === 0) {
      throw invalidInput('checkTemplates', { property: 'templatePaths', rule: 'must hold a file', given: 'none', fix: 'name the templates to check' });
    }
    return this.audit.ofFiles(templatePaths);
  }

  /** What reads and judges templates is half of the library, and loaded for those only who use it. */
  private get audit(): TemplateAudit {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- whoever imports the library would wait for an import
    this.loadedAudit ??= new (require('./template-audit') as typeof import('./template-audit')).TemplateAudit(this.options);
    return this.loadedAudit;
  }
}

function validateProps({ checks, failOn, sarifFile, usedServices }: DeviceDefenderChecksProps): void {
  const names = checks?.map(({ checkName }) => checkName);
  const twice = names?.filter((name, index) => names.indexOf(name) !== index) ?? [];
  if (names?.length === 0 || twice.length > 0) {
    throw invalidInput('DeviceDefenderChecks', {
      property: 'checks',
      rule: 'must hold a check, and none twice',
      given: twice.length > 0 ? twice.join(', ') : 'none',
      fix: 'list each once, or leave them out for every check',
    });
  }
  if (failOn !== undefined && !Object.values(AuditSeverity).includes(failOn)) {
    throw invalidInput('DeviceDefenderChecks', { property: 'failOn', rule: 'must be an AuditSeverity', given: `'${failOn}'`, fix: 'take one of its members' });
  }
  const noServices = usedServices?.filter((service) => !/^[a-z0-9-]+$/.test(service)) ?? [];
  if (noServices.length > 0) {
    throw invalidInput('DeviceDefenderChecks', {
      property: 'usedServices',
      rule: 'must hold the prefixes of services in IAM, in lower case',
      given: noServices.map((service) => `'${service}'`).join(', '),
      fix: 'write what precedes the colon of the service\'s actions, for example \'dynamodb\'',
    });
  }
  if (sarifFile === '') {
    throw invalidInput('DeviceDefenderChecks', { property: 'sarifFile', rule: 'must be a path', given: 'nothing', fix: 'name a file, or leave it out' });
  }
}
