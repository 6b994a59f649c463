import { Invocation } from '../../function/runtime/invocation';

/**
 * Handles a message of the queue.
 *
 * @throws if it is not understood, or could not be handled: the queue delivers it again, and keeps it in the end
 */
export async function handleMessage(_body: string, _invocation: Invocation): Promise<void> {
  throw new Error('to come');
}
