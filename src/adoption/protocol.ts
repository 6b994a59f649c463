/**
 * The task of a custom resource that adopts when it is removed: leave everything as it is, put back what was found, or
 * switch everything off.
 */
export type WhenRemoved = 'LEAVE' | 'PUT_BACK' | 'SWITCH_OFF';
