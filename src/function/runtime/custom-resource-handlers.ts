import { CustomResourceHandler } from './custom-resource-handler';
import { OnDemandAuditHandler } from '../../audits/handler/on-demand-audit-handler';
import { ON_DEMAND_AUDIT_TYPE } from '../../audits/protocol';
import { AdoptedConfigurationHandler } from '../../configuration/handler/adopted-configuration-handler';
import { CheckReleaseHandler } from '../../configuration/handler/check-release-handler';
import { ADOPTED_CONFIGURATION_TYPE, CHECK_RELEASE_TYPE } from '../../configuration/protocol';
import { AdoptedLoggingHandler } from '../../logging/handler/adopted-logging-handler';
import { ADOPTED_LOGGING_TYPE } from '../../logging/protocol';

/** The handlers of all custom resources of the library, by type. */
export const CUSTOM_RESOURCE_HANDLERS: Readonly<Record<string, CustomResourceHandler>> = {
  [ADOPTED_CONFIGURATION_TYPE]: new AdoptedConfigurationHandler(),
  [ADOPTED_LOGGING_TYPE]: new AdoptedLoggingHandler(),
  [CHECK_RELEASE_TYPE]: new CheckReleaseHandler(),
  [ON_DEMAND_AUDIT_TYPE]: new OnDemandAuditHandler(),
};
