/** The id of an audit, as AWS documents it. */
const TASK_ID = /^[a-zA-Z0-9-]{1,40}$/;

/** True for what can be the id of an audit. */
export function isTaskId(value: unknown): value is string {
  return typeof value === 'string' && TASK_ID.test(value);
}
