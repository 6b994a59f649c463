import { Lazy, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct, IDependable } from 'constructs';
import { acknowledgeAtSynth } from './acknowledgement';
import { AuditSuppression, expiredMessages, requireFaultless, warnIfExpiring } from './audit-suppression';
import { namedResourcesIn } from './defined-resource';
import { claimSuppression } from './distinct-suppressions';
import { SUPPRESSIONS_TYPE, SuppressionEntry, SuppressionsAttribute, SuppressionsProperties } from './protocol';
import { SuppressionList } from './suppression-list';
import { resolveAuditedChecks } from '../audits/audited-checks';
import { availabilityCondition } from '../checks/check-availability';
import { whereAvailable } from '../checks/check-rendering';
import type { AccountAuditConfiguration } from '../configuration/account-audit-configuration';
import { definedConfiguration } from '../configuration/defined-configuration';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource } from '../function/function-backed-resource';
import { invalidInputMessage } from '../private/invalid-input';

/** At AWS's pace of ten calls a second, twice as many would still fit into one invocation of the function. */
const MAXIMUM_SUPPRESSIONS = 400;

/** CloudFormation sends the old and the new properties in one request, of which Lambda takes 256 kB. */
const MAXIMUM_BYTES = 120_000;

/**
 * Properties of `AuditSuppressions`.
 */
export interface AuditSuppressionsProps {
  /**
   * The configuration that enables the checks, in the stack's account and region.
   */
  readonly configuration: IAccountAuditConfigurationRef;

  /**
   * The suppressions: at most 400, none twice for a check and a resource.
   *
   * @default - none yet; `addSuppression()` adds one
   */
  readonly suppressions?: AuditSuppression[];

  /**
   * A text that makes a deployment look up the default versions of policies again when it changes, for example the id
   * of a commit. Without it, policies that the app does not define are looked up when the suppressions change.
   *
   * @default - no trigger
   */
  readonly trigger?: string;
}

/**
 * Findings of audits that are accepted in the stack's account and region. They are listed, but do not count, stop no
 * deployment gate and are never mitigated.
 *
 * One custom resource holds all of them, and changes only those that differ. The template shows each in plain words.
 *
 * @example
 *
 * declare const configuration: AccountAuditConfiguration;
 * declare const gatewayPolicy: iot.CfnPolicy;
 *
 * new AuditSuppressions(this, 'AcceptedFindings', {
 *   configuration,
 *   suppressions: [{
 *     check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
 *     resource: SuppressedResource.policy(gatewayPolicy),
 *     description: 'Gateways publish for their sensors until release 2 (SEC-112)',
 *     expiry: SuppressionExpiry.on('2032-03-31'),
 *   }],
 * });
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-finding-suppressions.html
 */
export class AuditSuppressions extends Construct {
  /**
   * The number of suppressions after the deployment. Those that have expired meanwhile are counted.
   *
   * @attribute
   */
  public readonly suppressionsCount: number;

  private readonly configuration: IAccountAuditConfigurationRef;
  private readonly _suppressions: AuditSuppression[] = [];
  private readonly requiredChecks = new Set<string>();

  /**
   * @throws as `addSuppression()` does; at synth, if there is no suppression, more than 400 or more than 120,000 bytes
   * of them, or one that has expired
   */
  constructor(scope: Construct, id: string, props: AuditSuppressionsProps) {
    super(scope, id);
    this.configuration = props.configuration;
    props.suppressions?.forEach((suppression) => this.addSuppression(suppression));

    // A check must be enabled before its findings are suppressed.
    const definedHere = definedConfiguration(props.configuration, this);
    const { _beforeSchedules } = props.configuration as Partial<AccountAuditConfiguration>;
    const properties: { [name in keyof SuppressionsProperties]: unknown } = {
      Configuration: definedHere?.ref,
      Suppressions: Lazy.any({ produce: () => this.render() }),
      Trigger: props.trigger,
    };
    const resource = new FunctionBackedResource(this, 'Resource', {
      resourceType: SUPPRESSIONS_TYPE,
      properties,
      dependencies: [
        permitSuppressing(FleetAuditFunction.of(this)),
        ...definedHere ? [] : [props.configuration],
        // It keeps a check enabled that is disabled in the same deployment, so that a rollback can suppress again.
        ..._beforeSchedules ? [_beforeSchedules] : [],
      ],
    });
    this.suppressionsCount = Token.asNumber(resource.getAtt(SuppressionsAttribute.COUNT));
    this.node.addValidation({ validate: () => this.findFaults() });
  }

  /**
   * The suppressions.
   */
  public get suppressions(): AuditSuppression[] {
    return [...this._suppressions];
  }

  /**
   * Adds a suppression.
   *
   * @param suppression the check, the resource, the reason and the end
   * @throws if the resource is not of the kind that the check reports; if the description is not 1 to 1000 printable
   * ASCII characters; if the stack suppresses the same already; if the configuration does not enable the check, or the
   * stack's known region does not have it
   */
  public addSuppression(suppression: AuditSuppression): void {
    const place = `suppressions[${this._suppressions.length}]`;
    requireFaultless(this, place, suppression);
    this.requireCheck(suppression);
    claimSuppression(this, place, suppression);
    warnIfExpiring(this, suppression);
    acknowledgeAtSynth(suppression);
    // While the template is written, the tree must not change any more.
    availabilityCondition(Stack.of(this), suppression.check);
    this._suppressions.push({ ...suppression });
  }

  /**
   * Adds each suppression of a list.
   *
   * @param list the list, for example of a file
   * @throws as `addSuppression()` does
   */
  public addSuppressions(list: SuppressionList): void {
    list.suppressions.forEach((suppression) => this.addSuppression(suppression));
  }

  /** Each check once: a raw configuration is looked at during the synth for each time. */
  private requireCheck({ check }: AuditSuppression): void {
    if (!this.requiredChecks.has(check.checkName)) {
      this.requiredChecks.add(check.checkName);
      resolveAuditedChecks(this, this.configuration, [check]);
    }
  }

  private render(): SuppressionEntry[] {
    const stack = Stack.of(this);
    const defined = namedResourcesIn(stack);
    return this._suppressions.map(({ check, description, expiry, resource }) => {
      const known = resource._amongst(defined);
      return whereAvailable(stack, check, {
        Check: check.checkName,
        Resource: known._identify(stack),
        Description: description,
        Until: expiry._until,
        Follows: known._follows,
      });
    });
  }

  private findFaults(): string[] {
    const count = this._suppressions.length;
    const bytes = Buffer.byteLength(JSON.stringify(Stack.of(this).resolve(this.render())));
    const fix = 'divide them between several AuditSuppressions';
    return [
      ...count > 0 ? [] : [invalidInputMessage(undefined, {
        property: 'suppressions',
        rule: 'must hold at least one suppression',
        given: 'none',
        fix: 'give one or call addSuppression(), or leave the construct out',
      })],
      ...count <= MAXIMUM_SUPPRESSIONS ? [] : [invalidInputMessage(undefined, {
        property: 'suppressions', rule: `must be at most ${MAXIMUM_SUPPRESSIONS}`, given: String(count), fix,
      })],
      ...bytes <= MAXIMUM_BYTES ? [] : [invalidInputMessage(undefined, {
        property: 'suppressions',
        rule: `must take at most ${MAXIMUM_BYTES} bytes in the template, since CloudFormation sends old and new ones `
          + 'in one request',
        given: String(bytes),
        fix,
      })],
      ...this._suppressions.flatMap((suppression, index) => expiredMessages(`suppressions[${index}]`, suppression)),
    ];
  }
}

function permitSuppressing(customResourceFunction: FleetAuditFunction): IDependable {
  const policies = Stack.of(customResourceFunction)
    .formatArn({ service: 'iot', resource: 'policy', resourceName: '*' });
  return customResourceFunction._permit('SuppressFindings', [
    new PolicyStatement({
      actions: [
        'iot:CreateAuditSuppression',
        'iot:DeleteAuditSuppression',
        'iot:DescribeAccountAuditConfiguration',
        'iot:DescribeAuditSuppression',
        'iot:ListAuditSuppressions',
        'iot:UpdateAuditSuppression',
      ],
      // None of these has a resource to narrow it to.
      resources: ['*'],
    }),
    new PolicyStatement({ actions: ['iot:GetPolicy'], resources: [policies] }),
  ]);
}
