import { Invocation } from '../../function/runtime/invocation';
import { MitigationOutcome, MitigationPlan, MitigationStep } from '../protocol';

/** Carries out a step of the state machine: decides what is to be done, or words what was done. */
export async function carryOutStep(
  _step: MitigationStep, _invocation: Invocation,
): Promise<MitigationPlan | MitigationOutcome> {
  throw new Error('to come');
}
