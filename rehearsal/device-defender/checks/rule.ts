import type { RelatedResource, ResourceIdentifier } from '@aws-sdk/client-iot';
import type { Fleet } from '../fleet';

/** One resource that breaks the rule of a check. */
export interface NonCompliance {
  readonly resourceIdentifier: ResourceIdentifier;
  readonly reasonCode: string;
  readonly reason: string;
  readonly additionalInfo?: Record<string, string>;
  readonly relatedResources?: RelatedResource[];
}

export interface Evaluation {
  /**
   * Resources the rule looked at. Which ones the service counts is undocumented: here, those a finding could be about.
   */
  readonly totalResources: number;
  readonly nonCompliances: readonly NonCompliance[];
}

export interface EvaluationContext {
  readonly fleet: Fleet;
  readonly accountId: string;
  /** The start of the audit. */
  readonly now: number;
  /** The period whose connections count. */
  readonly window: { readonly from: number; readonly to: number };
  /** The configured threshold of the check, in days. */
  readonly thresholdDays: number;
}

/** The rule of a check, evaluated on the fleet. */
export type Rule = (context: EvaluationContext) => Evaluation;
