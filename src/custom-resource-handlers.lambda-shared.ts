import { ON_DEMAND_AUDIT_TYPE } from './audits/on-demand-audit-protocol';
import { OnDemandAuditHandler } from './audits/on-demand-audit.lambda-shared';
import { ADOPTED_CONFIGURATION_TYPE } from './configuration/adopted-configuration-protocol';
import { AdoptedConfigurationHandler } from './configuration/adopted-configuration.lambda-shared';
import { CHECK_RELEASE_TYPE } from './configuration/check-release-protocol';
import { CheckReleaseHandler } from './configuration/check-release.lambda-shared';
import { ADOPTED_LOGGING_TYPE } from './logging/adopted-logging-protocol';
import { AdoptedLoggingHandler } from './logging/adopted-logging.lambda-shared';
import { CustomResourceHandler } from './private/custom-resource/custom-resource-handler.lambda-shared';

/** The handlers of all custom resources of the library, by type. */
export const CUSTOM_RESOURCE_HANDLERS: Readonly<Record<string, CustomResourceHandler>> = {
  [ADOPTED_CONFIGURATION_TYPE]: new AdoptedConfigurationHandler(),
  [ADOPTED_LOGGING_TYPE]: new AdoptedLoggingHandler(),
  [CHECK_RELEASE_TYPE]: new CheckReleaseHandler(),
  [ON_DEMAND_AUDIT_TYPE]: new OnDemandAuditHandler(),
};
