import { Validations } from 'aws-cdk-lib';
import { AuditSuppression } from './audit-suppression';

/**
 * Acknowledges the findings that the checks at synth make about the construct of a suppressed resource.
 *
 * The id is that of the check alone: aws-cdk-lib 2.262.0 applies one with the plugin's name to the whole app.
 */
export function acknowledgeAtSynth({ check, description, resource }: AuditSuppression): void {
  if (resource._construct) {
    Validations.of(resource._construct).acknowledge({ id: check.checkName, reason: description });
  }
}
