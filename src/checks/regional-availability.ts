import { Aws, CfnCondition, Fn, ICfnRuleConditionExpression, Stack, Token } from 'aws-cdk-lib';

/**
 * Where a check exists: by name for a known region, as a CloudFormation condition for one that is only known at deployment.
 *
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-IotDevDefender.html
 * @see https://docs.amazonaws.cn/aws/latest/userguide/iot.md
 */
export class RegionalAvailability {
  public static readonly EVERYWHERE = new RegionalAvailability('Everywhere', () => true);

  public static readonly OUTSIDE_GOVCLOUD = new RegionalAvailability(
    'IotAuditCheckOutsideGovCloud',
    (region) => !isGovCloud(region),
    () => notEquals(Aws.PARTITION, 'aws-us-gov'),
  );

  public static readonly OUTSIDE_GOVCLOUD_AND_NINGXIA = new RegionalAvailability(
    'IotAuditCheckOutsideGovCloudAndNingxia',
    (region) => !isGovCloud(region) && region !== 'cn-northwest-1',
    () => Fn.conditionAnd(notEquals(Aws.PARTITION, 'aws-us-gov'), notEquals(Aws.REGION, 'cn-northwest-1')),
  );

  public static readonly OUTSIDE_GOVCLOUD_AND_CHINA = new RegionalAvailability(
    'IotAuditCheckOutsideGovCloudAndChina',
    (region) => !isGovCloud(region) && !region.startsWith('cn-'),
    () => Fn.conditionAnd(notEquals(Aws.PARTITION, 'aws-us-gov'), notEquals(Aws.PARTITION, 'aws-cn')),
  );

  private constructor(
    private readonly conditionId: string,
    private readonly includesRegion: (region: string) => boolean,
    private readonly expression?: () => ICfnRuleConditionExpression,
  ) {}

  public includes(region: string): boolean {
    return this.includesRegion(region);
  }

  /**
   * The condition that decides at deployment, or undefined where nothing is left to decide.
   */
  public conditionIn(stack: Stack): CfnCondition | undefined {
    if (!this.expression || !Token.isUnresolved(stack.region)) {
      return undefined;
    }
    const existing = stack.node.tryFindChild(this.conditionId) as CfnCondition | undefined;
    return existing ?? new CfnCondition(stack, this.conditionId, { expression: this.expression() });
  }
}

function isGovCloud(region: string): boolean {
  return region.startsWith('us-gov-');
}

function notEquals(value: string, other: string): ICfnRuleConditionExpression {
  return Fn.conditionNot(Fn.conditionEquals(value, other));
}
