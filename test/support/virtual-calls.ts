import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { AwsCalls, CallOptions } from '../../src/function/runtime/aws-calls';

/**
 * The calls under way in an environment. Calls that hang are cut off as soon as nobody does anything else.
 *
 * Waiting for them in real time takes long and, on a busy machine, cuts off calls that do not hang.
 */
export class OpenCalls {
  private readonly open = new Set<AbortController>();
  private hanging = 0;

  /** A call counts from when it asks for its signal: what only consists of other calls never does. */
  async during<Output>(controller: AbortController, call: (options: CallOptions) => Promise<Output>): Promise<Output> {
    const { open } = this;
    try {
      return await call({
        get abortSignal() {
          open.add(controller);
          return controller.signal;
        },
      });
    } finally {
      open.delete(controller);
      this.lookAround();
    }
  }

  /** One of the open calls will get no answer. */
  hang(): void {
    this.hanging += 1;
    this.lookAround();
  }

  /** Looks a moment later: a caller that got an answer makes its next call at once. */
  private lookAround(): void {
    if (this.hanging > 0) setImmediate(() => this.cutOff());
  }

  private cutOff(): void {
    if (this.hanging === 0 || this.open.size > this.hanging) return;
    const controllers = [...this.open];
    this.open.clear();
    this.hanging = 0;
    // As `AbortSignal.timeout` does.
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    for (const controller of controllers) controller.abort(reason);
  }
}

/** Calls that, when they are cut off, have taken their time. */
export class VirtualCalls extends AwsCalls {
  /** @param timeout milliseconds of the virtual time that a call may take */
  constructor(
    private readonly time: VirtualTime, private readonly openCalls: OpenCalls, private readonly timeout: number,
  ) {
    super({ clock: time, callTimeout: timeout });
  }

  public async once<Output>(call: (options: CallOptions) => Promise<Output>, until = Infinity): Promise<Output> {
    const controller = new AbortController();
    try {
      return await this.openCalls.during(controller, call);
    } catch (error) {
      if (controller.signal.aborted) this.time.pass(Math.min(this.timeout, Math.max(until - this.time.now(), 3_000)));
      throw error;
    }
  }
}
