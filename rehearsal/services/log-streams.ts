import { Refusal } from './stand-in';

/** Few, so that a client which reads only one page of a log does not get far. */
const EVENTS_PER_PAGE = 100;

interface Stream {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** CloudWatch Logs as far as a journal needs it. */
export class LogStreams {
  /** By log group and stream: `group:stream`. */
  readonly messages = new Map<string, string[]>();
  /** The number of empty pages before the first that is not, which CloudWatch Logs may return. */
  emptyPages = 0;

  /** Groups that were deleted; all others are taken to exist. */
  private readonly deletedGroups = new Set<string>();

  createGroup(name: string): void {
    this.deletedGroups.delete(name);
  }

  /** With its streams. */
  deleteGroup(name: string): void {
    this.deletedGroups.add(name);
    for (const key of [...this.messages.keys()].filter((one) => one.startsWith(`${name}:`))) this.messages.delete(key);
  }

  create({ logGroupName, logStreamName }: Stream): void {
    if (this.deletedGroups.has(logGroupName)) {
      throw new Refusal(400, 'ResourceNotFoundException', 'The specified log group does not exist.');
    }
    const key = `${logGroupName}:${logStreamName}`;
    if (this.messages.has(key)) {
      throw new Refusal(400, 'ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    this.messages.set(key, []);
  }

  put({ logEvents, ...stream }: Stream & { readonly logEvents: { readonly message: string }[] }): object {
    this.require(stream).push(...logEvents.map(({ message }) => message));
    return {};
  }

  /** The end of a stream, or its beginning, or what is at a token; at either end the token leads nowhere else. */
  get({ limit = EVENTS_PER_PAGE, startFromHead, nextToken, ...stream }: Stream & {
    readonly limit?: number; readonly startFromHead?: boolean; readonly nextToken?: string;
  }): object {
    const messages = this.require(stream);
    const [direction, position, emptyPages] = nextToken?.split('/') ?? [
      startFromHead ? 'f' : 'b', startFromHead ? 0 : messages.length, this.emptyPages,
    ];
    const at = Number(position);
    if (Number(emptyPages) > 0) return { events: [], ...tokens(at, at, Number(emptyPages) - 1) };
    const [first, end] =
      direction === 'f' ? [at, Math.min(at + limit, messages.length)] : [Math.max(at - limit, 0), at];
    return {
      events: messages.slice(first, end).map((message) => ({ message, timestamp: 0 })),
      ...tokens(first, end, 0),
    };
  }

  private require({ logGroupName, logStreamName }: Stream): string[] {
    const messages = this.messages.get(`${logGroupName}:${logStreamName}`);
    if (!messages) throw new Refusal(400, 'ResourceNotFoundException', 'The specified log stream does not exist.');
    return messages;
  }
}

function tokens(first: number, end: number, emptyPages: number): object {
  return { nextForwardToken: `f/${end}/${emptyPages}`, nextBackwardToken: `b/${first}/${emptyPages}` };
}
