import { Answer, Outcome, PlannedCheck, SWITCH_ON, SwitchParameter } from '../protocol';

export const MODE_REPORT = 'REPORT';
export const MODE_ASK = 'ASK';
export const MODE_APPLY = 'APPLY';

const ANSWERED: Record<Answer, Outcome> = {
  [Answer.NOT_ASKED]: Outcome.ASKED,
  [Answer.APPROVED]: Outcome.PLANNED,
  [Answer.DECLINED]: Outcome.DECLINED,
  [Answer.UNANSWERED]: Outcome.UNANSWERED,
};

export interface Decision {
  readonly mode: string;
  readonly answer: Answer;

  /** The stop switch: nothing, or one parameter. */
  readonly switch: readonly SwitchParameter[];

  /** The reason why the check is left alone. */
  readonly obstacle: Outcome | undefined;
}

/** Decides what becomes of a check. */
export function decide(
  { mode, answer, switch: parameters, obstacle }: Decision,
): Pick<PlannedCheck, 'outcome' | 'obstacle'> {
  if (mode === MODE_REPORT) {
    return { outcome: Outcome.REPORTED, obstacle };
  }
  if (obstacle !== undefined) {
    return { outcome: obstacle };
  }
  if (parameters.some(({ Value }) => Value !== SWITCH_ON)) {
    return { outcome: Outcome.STOPPED };
  }
  return { outcome: mode === MODE_APPLY ? Outcome.PLANNED : ANSWERED[answer] };
}

/** True for an answer that ends the matter. */
export function isRefusal(answer: Answer): boolean {
  return answer === Answer.DECLINED || answer === Answer.UNANSWERED;
}
