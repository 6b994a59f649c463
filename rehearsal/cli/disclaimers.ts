import { CLOUDWATCH_DISCLAIMER } from '../cloudwatch/disclaimer';
import { DISCLAIMER } from '../device-defender/disclaimer';
import { MESSAGING_DISCLAIMER } from '../messaging/disclaimer';
import { STEP_FUNCTIONS_DISCLAIMER } from '../step-functions/disclaimer';

/** All that is unverified about the models. */
export const DISCLAIMERS = [
  DISCLAIMER, MESSAGING_DISCLAIMER, STEP_FUNCTIONS_DISCLAIMER, CLOUDWATCH_DISCLAIMER,
].join('\n');
