import { Invocation } from '../../function/runtime/invocation';
import { MitigationOutcome, MitigationPlan, STEP } from '../protocol';
import { planMitigation } from './mitigation-plan';
import { reportMitigation } from './mitigation-report';
import { validPlanStep, validReportStep } from './step-validation';

/**
 * Carries out a step of the state machine: decides what is to be done, or words what was done.
 *
 * Whoever may invoke the function can make up a step. A step only reads, so nothing comes of it but its result.
 *
 * @throws if the step is not one of the state machine's, or could not be carried out
 */
export async function carryOutStep(
  step: object, invocation: Invocation,
): Promise<MitigationPlan | MitigationOutcome> {
  const { [STEP]: kind } = step as Record<string, unknown>;
  switch (kind) {
    case 'PLAN': return planMitigation(validPlanStep(step), invocation);
    case 'REPORT': return reportMitigation(validReportStep(step).plan, invocation);
    default: throw new Error(`${STEP} must be PLAN or REPORT`);
  }
}
