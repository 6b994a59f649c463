/** A mistake in the command line: the message is all that its author needs. */
export class UsageError extends Error {}
