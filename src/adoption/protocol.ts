/**
 * What a custom resource that adopts does when it is removed, as its construct tells the function: leave everything as
 * it is, put back what was found, or switch everything off.
 */
export type WhenRemoved = 'LEAVE' | 'PUT_BACK' | 'SWITCH_OFF';
