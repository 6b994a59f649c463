import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { AppAudit, AppAuditOptions } from './app/app-audit';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity } from '../checks/check-table';
import { invalidInput } from '../private/invalid-input';
import type { SuppressionList } from '../suppressions/suppression-list';

/**
 * Properties of `DeviceDefenderChecks`: the checks, what fails the synth, and what no template says about the fleet.
 */
export interface DeviceDefenderChecksProps {
  /**
   * The checks to carry out, in all regions. A check's threshold applies if no template configures the account's
   * audits.
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
   * Values that parameters of the templates will have at deployment, by the name of the parameter. For one stack only,
   * the key is the stack's construct path, a slash, and the name. A value that a stack passes to its nested stack takes
   * precedence over one by a name alone.
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
   * The services that devices use through role aliases, by their IAM prefix, for example `s3`. Device Defender objects
   * to broad access only for services that were used within a year.
   *
   * @default - every service that a role allows is used
   */
  readonly usedServices?: string[];

  /**
   * Whether something other than these templates enables the logs of AWS IoT in the account and region.
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
   * Findings that are accepted, as for the account: those about policies and role aliases whose names the templates
   * have, about constructs, and about the account are acknowledged with the reason of the list until they expire.
   *
   * @default - none; what `AuditSuppressions` suppress for a construct is acknowledged without a list
   */
  readonly suppressions?: SuppressionList;

  /**
   * The file to which the findings are written in the format SARIF 2.1.0, which code hosts show at the lines of the
   * templates.
   *
   * It must be outside the cloud assembly (`cdk.out`). A file that cannot be written is reported as a warning.
   *
   * @default - no file is written
   */
  readonly sarifFile?: string;
}

/**
 * Carries out the checks of AWS IoT Device Defender Audit at synth, on the templates that are about to be deployed.
 *
 * The result of a check is compliant, non-compliant, or undecided, because it depends on a parameter, an import or
 * something else that only the deployment knows. Undecided results are listed and do not fail the synth. Checks that
 * need to know what devices have done are named in CDK's report file only.
 *
 * AWS publishes examples of what its checks object to, but not how they decide. Each check here follows a sentence of
 * AWS's documentation, which the comment of its source file quotes; its result may differ from the account's audit.
 *
 * Rule ids are the names of the checks, `UNREAD_TEMPLATE` for what no check can read, and `STATEMENT_WITHOUT_EFFECT`
 * for statements of policies that grant nothing, which are listed for information. To acknowledge a finding for a
 * construct and all constructs within it, call `Validations.of(scope).acknowledge({ id:
 * 'DeviceDefender::LOGGING_DISABLED_CHECK', reason: '...' })`. CDK's report then lists it as acknowledged. The name of
 * the check alone is accepted as well, but then only the SARIF file lists it. With aws-cdk-lib 2.262.0, only the latter
 * is limited to the construct.
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
   * The names of the checks that are carried out; always set.
   */
  public readonly ruleIds?: string[];

  private readonly options: AppAuditOptions;
  private loadedAudit?: AppAudit;

  /**
   * @throws if no check is listed, or a check twice; if a service is not an IAM prefix; if the file has no name
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
      suppressions: props.suppressions?.suppressions ?? [],
      sarifFile: props.sarifFile,
    };
    this.ruleIds = checks.map(({ checkName }) => checkName);
  }

  /**
   * The version of this library; always set.
   */
  public get version(): string | undefined {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- read only when somebody asks
    return (require('../../package.json') as { version: string }).version;
  }

  /**
   * Checks the templates of an app. CDK calls it at synth; it does not throw.
   *
   * @param context the app's templates, as CDK has written them
   */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    return this.audit.ofApp(context);
  }

  /**
   * Checks CloudFormation templates that CDK did not write, together as one deployment. Templates of nested stacks are
   * judged with the values that the stacks around them pass, where their files are given or lie at a local path.
   *
   * A file or folder that cannot be read as template is reported as an error; the others are checked nevertheless.
   *
   * @param templatePaths the files, in JSON or YAML, at least one; or folders, with templates or a cloud assembly
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

  /** Loaded when it is first used: reading and judging templates takes half of the library's code. */
  private get audit(): AppAudit {
    if (!this.loadedAudit) {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- imports are loaded by every user of the library
      const { AppAudit: LoadedAudit } = require('./app/app-audit') as typeof import('./app/app-audit');
      this.loadedAudit = new LoadedAudit(this.options);
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
      property: 'failOn', rule: 'must be an AuditSeverity', given: `'${failOn}'`, fix: 'take one of its members',
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
