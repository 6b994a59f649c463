import { ExecutionMessage } from './message';
import { Invocation } from '../../function/runtime/invocation';
import { asError, log } from '../../function/runtime/log';

/**
 * Starts an execution that is named after the audit, so that an audit has one execution however often its event comes.
 *
 * @throws if it cannot be started
 */
export async function startExecution(
  { stateMachineArn, taskId }: ExecutionMessage, invocation: Invocation,
): Promise<void> {
  const stepFunctions = invocation.clients.stepFunctions();
  const execution = { stateMachineArn, name: taskId, input: JSON.stringify({ taskId }) };
  try {
    await invocation.ask((options) => stepFunctions.startExecution(execution, options));
    log('execution started', { taskId });
  } catch (error) {
    if (asError(error).name !== 'ExecutionAlreadyExists') {
      throw error;
    }
    log('execution started before', { taskId });
  }
}
