import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { TemplateAudit, TemplateAuditOptions } from './template-audit';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity } from '../checks/audit-severity';
import { invalidInput } from '../private/invalid-input';

/**
 * Settings of `DeviceDefenderChecks`: the checks, the findings that fail the synth, and facts that no template tells.
 */
export interface DeviceDefenderChecksProps {
  /**
   * The checks to carry out, in all regions. The threshold of a check applies if no template configures the audits of
   * the account.
   *
   * @default - every check, in the regions that have it
   */
  readonly checks?: AuditCheck[];

  /**
   * The lowest severity that fails the synth. Less severe findings are reported as warnings.
   *
   * CDK's strict mode (`@aws-cdk/core:strictCfnValidateErrors`) fails on warnings, too.
   *
   * @default AuditSeverity.CRITICAL
   */
  readonly failOn?: AuditSeverity;

  /**
   * Whether the synth also fails if a check cannot be decided.
   *
   * @default false - such findings are reported for information
   */
  readonly failOnUndecided?: boolean;

  /**
   * Values that parameters of the templates will have at deployment, by the name of the parameter, or, for one stack,
   * by its construct path, a slash, and the name. A value that the stack around a nested stack passes to it takes
   * precedence over a value for the name alone.
   *
   * @default - the values are unknown
   */
  readonly parameterValues?: { readonly [name: string]: string };

  /**
   * Whether the parameters of the templates keep their defaults at deployment.
   *
   * Parameters of nested stacks always do, unless the stack around them passes another value.
   *
   * @default false - a default may be overridden, so the value is unknown
   */
  readonly assumeParameterDefaults?: boolean;

  /**
   * The services that devices use through role aliases, by their prefix in IAM, for example `s3`. Device Defender
   * objects to broad access only for services that were used within a year.
   *
   * @default - every service that a role allows is used
   */
  readonly usedServices?: string[];

  /**
   * Whether the logs of AWS IoT are enabled in the account and region by other means than these templates.
   *
   * @default false - the check of logging cannot be decided if no template declares it
   */
  readonly loggingEnabledElsewhere?: boolean;

  /**
   * Whether the values that devices send to fleet provisioning are known to be names, for example because a
   * pre-provisioning hook validates them. Otherwise a device may send a wildcard.
   *
   * @default false - policies that depend on such values cannot be decided
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html
   */
  readonly provisioningParametersValidated?: boolean;

  /**
   * A file to write the findings to in the format SARIF 2.1.0, which code hosts show at the lines of the templates.
   *
   * It must not be within the cloud assembly (`cdk.out`). If it cannot be written, a warning is reported.
   *
   * @default - no file is written
   */
  readonly sarifFile?: string;
}

/**
 * Carries out the checks of AWS IoT Device Defender Audit at synth, on the templates that are about to be deployed.
 *
 * The verdict of a check is compliant, non-compliant, or undecided if it depends on a parameter, an import or another
 * value that only the deployment knows. Undecided findings are listed and do not fail the synth. CDK's report file also
 * names the checks that need to know what devices have done, which no template tells.
 *
 * AWS publishes examples of non-compliant resources, but not the rules of its checks. Each check here rests on a
 * sentence of AWS's documentation, which its source file quotes. An audit of the account may find something else.
 *
 * Rule ids are the names of the checks, and `UNREAD_TEMPLATE` for templates that no check can read. To acknowledge a
 * finding of a construct, or of all constructs within it, call
 * `Validations.of(scope).acknowledge({ id: 'DeviceDefender::LOGGING_DISABLED_CHECK', reason: '...' })`. CDK's report
 * lists such findings. The name of the check alone will do, too; then only the SARIF file lists them. With aws-cdk-lib
 * 2.262.0, only an acknowledgement by the name alone is limited to the construct.
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
   * The name of the plugin in CDK's report, and the prefix of rule ids in acknowledgements.
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
      throw invalidInput('checkTemplates', {
        property: 'templatePaths', rule: 'must hold a file', given: 'none', fix: 'name the templates to check',
      });
    }
    return this.audit.ofFiles(templatePaths);
  }

  /** Loaded on first use, since it is half of the library and not all users need it. */
  private get audit(): TemplateAudit {
    if (!this.loadedAudit) {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would slow down all users
      const { TemplateAudit: Audit } = require('./template-audit') as typeof import('./template-audit');
      this.loadedAudit = new Audit(this.options);
    }
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
    throw invalidInput('DeviceDefenderChecks', {
      property: 'failOn',
      rule: 'must be an AuditSeverity',
      given: `'${failOn}'`,
      fix: 'take one of its members',
    });
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
    throw invalidInput('DeviceDefenderChecks', {
      property: 'sarifFile', rule: 'must be a path', given: 'nothing', fix: 'name a file, or leave it out',
    });
  }
}
