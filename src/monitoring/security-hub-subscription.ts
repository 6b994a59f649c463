import { Annotations, CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { auditProductArn, defineSecurityHubRule, SecurityHubFindingOptions } from './security-hub-finding';
import { warnWithoutDeviceDefender } from '../private/iot-regions';

/** The regions of partitions for which AWS documents no ARN of the product. */
const OTHER_PARTITIONS = /^(cn|us-gov)-/;

/**
 * Accepts the findings of audits in AWS Security Hub CSPM: Device Defender sends them itself, typically within an hour
 * after the audit.
 *
 * Security Hub CSPM must be enabled in the account and region; otherwise the deployment fails. It also fails if the
 * account accepts the findings already, for example by **Accept findings** in the console: then leave this out.
 * Security Hub bills each finding that it takes.
 *
 * @example
 *
 * const securityHub = new SecurityHubSubscription(this, 'SecurityHub');
 * securityHub.onFinding('Critical', { minimumSeverity: AuditSeverity.CRITICAL });
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/securityhub-integration.html
 */
export class SecurityHubSubscription extends Construct {
  /**
   * The ARN of the subscription.
   */
  public readonly productSubscriptionArn: string;

  private readonly rules: Construct;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    warnWithoutDeviceDefender(this);
    warnInOtherPartition(this);
    // Its L1 would have the module of Security Hub loaded by everybody who uses this library.
    const resource = new CfnResource(this, 'Resource', {
      type: 'AWS::SecurityHub::ProductSubscription', properties: { ProductArn: auditProductArn(this) },
    });
    this.productSubscriptionArn = resource.ref;
    this.rules = new Construct(this, 'Rules');
  }

  /**
   * Defines a rule for the findings of audits. Of several restrictions, all must hold.
   *
   * A finding comes again with each audit that finds it.
   *
   * @param id the rule's id
   * @param options the target and the restrictions
   * @throws if a list is empty or holds a check twice; if the stack's known region does not have a check; if
   * `eventPattern` names what another option or the method itself restricts
   */
  public onFinding(id: string, options: SecurityHubFindingOptions = {}): Rule {
    const rule = defineSecurityHubRule(this.rules, id, options);
    rule.node.addDependency(this.node.defaultChild!);
    return rule;
  }
}

function warnInOtherPartition(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region) && OTHER_PARTITIONS.test(region)) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:securityHubInOtherPartition',
      `AWS documents the findings of Device Defender in Security Hub for the partition aws only, not for ${region}; `
      + 'look for IoT Device Defender at Integrations in the console of Security Hub, and acknowledge this warning if '
      + 'it is there');
  }
}
