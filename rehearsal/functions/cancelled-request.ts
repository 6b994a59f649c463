import type { LambdaFunctions } from './lambda-functions';
import type { Fault } from '../device-defender/faults';
import type { DeviceDefenderServer } from '../device-defender/server';
import type { VirtualTime } from '../services/virtual-time';

/** A custom resource's request that CloudFormation cancels while it is under way, because another resource fails. */
export interface Cancellation {
  readonly logicalId: string;
  /**
   * Why it is still under way:
   * its calls that change something are throttled; the first of them takes effect late; the answer to that one is lost;
   * the function dies after it; or the function is asked late.
   */
  readonly when: 'throttled' | 'late' | 'answerLost' | 'killed' | 'asked';
  /**
   * When it can go on: as soon as the rollback has begun; when the rollback's own request for the resource has read the
   * account; or when the rollback is over. `over` if absent, and if the rollback's own request never reads the account.
   */
  readonly until?: Moment;
}

export type Moment = 'begun' | 'read' | 'over';

/** CloudFormation does not wait for a request that it cancels, and no answer to it counts. */
export class CancelledRequest {
  /** Settles when the request is certainly under way. */
  readonly underWay: Promise<void>;
  private isUnderWay = false;
  private readonly released: Promise<void>;
  private markBegin!: () => void;
  private release!: () => void;
  private requestId: string | undefined;
  private ownRequestId: string | undefined;
  private fault: Fault | undefined;

  constructor(
    private readonly cancellation: Cancellation,
    private readonly surroundings: {
      readonly deviceDefender: DeviceDefenderServer;
      readonly functions: LambdaFunctions;
      readonly time: VirtualTime | undefined;
    },
  ) {
    this.underWay = new Promise((resolve) => (this.markBegin = resolve));
    this.released = new Promise((resolve) => (this.release = resolve));
    surroundings.deviceDefender.onAnswered = ({ operation, caller }) => {
      if (
        !changesSomething(operation)
        && this.requestOf(caller) === this.ownRequestId
        && this.ownRequestId !== undefined
      ) {
        this.reached('read');
      }
    };
  }

  /**
   * Sees to a request for a custom resource.
   *
   * @returns whether it is the one to be cancelled, which then need not be asked any more
   */
  sees(logicalId: string, requestId: string, ask: () => void): boolean {
    if (logicalId !== this.cancellation.logicalId) return false;
    if (this.requestId !== undefined) {
      this.ownRequestId = requestId;
      return false;
    }
    this.requestId = requestId;
    this.begin(ask);
    return true;
  }

  reached(moment: Moment): void {
    if (moment !== 'over' && moment !== this.cancellation.until) return;
    if (this.fault?.kind === 'throttle') this.surroundings.deviceDefender.faults.remove(this.fault);
    this.release();
  }

  /** The id of the request. One that had nothing to do cannot be cancelled, and a test would prove nothing. */
  requireHappened(): string {
    const { logicalId } = this.cancellation;
    if (this.requestId === undefined) throw new Error(`Nothing was cancelled: there was no request for ${logicalId}`);
    if (!this.isUnderWay) {
      throw new Error(`Nothing was cancelled: the request for ${logicalId} changed nothing before it was answered`);
    }
    return this.requestId;
  }

  private began(): void {
    this.isUnderWay = true;
    this.markBegin();
  }

  private begin(ask: () => void): void {
    if (this.cancellation.when === 'asked') {
      this.began();
      void this.released.then(ask);
      return;
    }
    this.fault = {
      concerns: (operation, caller) => changesSomething(operation) && this.requestOf(caller) === this.requestId,
      ...this.disturbance(),
    };
    this.surroundings.deviceDefender.faults.add(this.fault);
    ask();
  }

  private disturbance(): Pick<Fault, 'kind' | 'times' | 'onTaken' | 'until'> {
    const onTaken = () => this.began();
    const until = async () => this.surroundings.time?.waitFor(this.released) ?? this.released;
    switch (this.cancellation.when) {
      case 'throttled':
        return { kind: 'throttle', times: Infinity, onTaken };
      case 'late':
        return { kind: 'delay', until, onTaken };
      case 'answerLost':
        return { kind: 'dropAfterEffect', until, onTaken };
      default:
        return {
          kind: 'hangAfterEffect',
          // Once the call has had its effect.
          onTaken: () =>
            setImmediate(() => {
              this.surroundings.functions.kill(this.requestId!);
              this.began();
            }),
        };
    }
  }

  private requestOf(caller: string | undefined): string | undefined {
    return this.surroundings.functions.invocationOf(caller)?.requestId;
  }
}

function changesSomething(operation: string): boolean {
  return !/^(Describe|Get|List)/.test(operation);
}
