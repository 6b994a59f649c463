import type { GetV2LoggingOptionsRequest, SetV2LoggingOptionsRequest } from '@aws-sdk/client-iot';
import type { Fleet } from './fleet';
import type { Handlers } from './operations';
import { ServiceError, invalidRequest } from './service-error';

/** Event types that the developer guide describes; unverified as a list of those that the service supports. */
export const EVENT_TYPES: readonly string[] = [
  'Connect', 'Disconnect', 'DeleteConnection', 'GetRetainedMessage', 'ListRetainedMessage', 'Publish-In', 'Publish-Out',
  'Queued', 'Subscribe', 'Unsubscribe', 'RetrieveOCSPStapleData', 'DeleteThingShadow', 'GetThingShadow',
  'UpdateThingShadow', 'FunctionExecution', 'RuleExecution', 'RuleMatch', 'RuleExecutionThrottled', 'RuleNotFound',
  'StartingRuleExecution', 'DescribeJobExecution', 'GetPendingJobExecution', 'ReportFinalJobExecutionCount',
  'StartNextPendingJobExecution', 'UpdateJobExecution', 'GetDeviceCredentials', 'ProvisionDevice',
  'AddThingToDynamicThingGroups', 'RemoveThingFromDynamicThingGroups',
];

/**
 * The account's v2 logging options; they live in the fleet, since an audit check looks at them and mitigation sets
 * them.
 */
export class V2LoggingOptions implements Handlers<'GetV2LoggingOptions' | 'SetV2LoggingOptions'> {
  constructor(private readonly fleet: Fleet) {}

  readonly GetV2LoggingOptions = ({ verbose }: GetV2LoggingOptionsRequest) => {
    const options = this.fleet.logging;
    if (options === undefined) throw new ServiceError('NotConfiguredException', 'Logging options are not configured.');
    const { roleArn, defaultLogLevel, disableAllLogs = false, eventConfigurations = [] } = options;
    const set = eventConfigurations.map((event) => ({ ...event, logLevel: event.logLevel ?? defaultLogLevel }));
    const others = EVENT_TYPES.filter((type) => !set.some(({ eventType }) => eventType === type))
      .map((eventType) => ({ eventType, logLevel: defaultLogLevel }));
    // Documented: every type that is supported, with its configuration. That a type which is not set has the account's
    // level is inferred.
    const events = verbose === true ? [...set, ...others] : set;
    return { roleArn, defaultLogLevel, disableAllLogs, ...events.length > 0 ? { eventConfigurations: events } : {} };
  };

  /** Members left out keep their values: inferred from the public resource handlers, which set them one at a time. */
  readonly SetV2LoggingOptions = (input: SetV2LoggingOptionsRequest) => {
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const merged = { ...this.fleet.logging, ...given };
    if (merged.disableAllLogs !== true && merged.roleArn === undefined) {
      throw invalidRequest('A roleArn is required to enable logging.');
    }
    this.fleet.logging = merged;
  };
}
