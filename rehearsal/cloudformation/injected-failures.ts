import { HandlerFailure } from './resource-handler';

/** The part of an operation in which a handler is called; the clean-up of a rollback counts as rollback. */
export type Stage = 'deployment' | 'cleanup' | 'rollback' | 'deletion';

/** A resource that fails because a test wants it to. */
export interface InjectedFailure {
  readonly logicalId: string;
  /** Before its handler has run, or after it did all its work. */
  readonly phase: 'before' | 'after';
  /** `deployment` if absent: when the resource is created, updated or replaced. */
  readonly during?: Stage;
}

/** The failures still to happen in one operation. */
export class InjectedFailures {
  private readonly missed: Set<InjectedFailure>;

  constructor(private readonly failures: readonly InjectedFailure[] = []) {
    this.missed = new Set(failures);
  }

  throwAt(logicalId: string, phase: InjectedFailure['phase'], stage: Stage, handled?: HandlerFailure['handled']): void {
    const failure = this.failures.find((one) => one.logicalId === logicalId && one.phase === phase && (one.during ?? 'deployment') === stage);
    if (failure === undefined) return;
    this.missed.delete(failure);
    throw new HandlerFailure(`Failure injected ${phase} the handler of ${logicalId}`, handled);
  }

  /** A failure that never happened would make a test prove nothing. */
  requireAllHappened(): void {
    for (const { logicalId, phase, during = 'deployment' } of this.missed) {
      throw new Error(`Nothing failed ${phase} the handler of ${logicalId}: it was not called during the ${during}`);
    }
  }
}
