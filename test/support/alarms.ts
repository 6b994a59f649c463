import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** The properties of the alarms of a stack, by logical id without its digest. */
export function alarmsOf(stack: Stack): Record<string, Record<string, any>> {
  const alarms = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
  return Object.fromEntries(Object.entries(alarms).map(([id, { Properties }]) => [id.slice(0, -8), Properties]));
}

/** The text of a description with references in angle brackets. */
export function descriptionOf({ AlarmDescription: description }: Record<string, any>): string {
  if (typeof description === 'string') return description;
  return description['Fn::Join'][1].map((part: any) => typeof part === 'string' ? part : `<${part.Ref}>`).join('');
}

/** The names of the checks that an alarm watches. */
export function watchedChecks({ Metrics: metrics }: Record<string, any>): string[] {
  return metrics.filter(({ MetricStat }: any) => MetricStat)
    .map(({ MetricStat }: any) => MetricStat.Metric.Dimensions.find(({ Name }: any) => Name === 'CheckName').Value);
}
