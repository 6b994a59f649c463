import { LogStreams } from '../../services/log-streams';

const STREAM = { logGroupName: 'group', logStreamName: 'stream' };

interface Page {
  readonly events: { readonly message: string }[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

function streamOf(count: number): LogStreams {
  const streams = new LogStreams();
  streams.create(STREAM);
  streams.put({ ...STREAM, logEvents: Array.from({ length: count }, (_, index) => ({ message: String(index) })) });
  return streams;
}

/** Pages until the token repeats, as text. */
function pagesOf(streams: LogStreams, rest: { startFromHead?: boolean; limit?: number }): string[] {
  const pages: string[] = [];
  for (let nextToken: string | undefined, last: string | undefined; ;) {
    const page = streams.get({ ...STREAM, ...rest, nextToken }) as Page;
    pages.push(page.events.map(({ message }) => message).join(' '));
    last = nextToken;
    nextToken = rest.startFromHead ? page.nextForwardToken : page.nextBackwardToken;
    if (nextToken === last) return pages;
  }
}

test('a page has few events, and the last token leads to itself', () => {
  expect(pagesOf(streamOf(150), { startFromHead: true })).toHaveLength(3);
  expect(pagesOf(streamOf(12), { startFromHead: true, limit: 5 })).toEqual(['0 1 2 3 4', '5 6 7 8 9', '10 11', '']);
  expect(pagesOf(streamOf(0), { startFromHead: true })).toEqual(['', '']);
  expect(pagesOf(streamOf(4), { startFromHead: true, limit: 3 })).toEqual(['0 1 2', '3', '']);
});

test('without a wish for the beginning, the end comes first', () => {
  expect(pagesOf(streamOf(7), { limit: 5 })).toEqual(['2 3 4 5 6', '0 1', '']);
});

test.each([
  [true, ['', '', '0 1', '']], [false, ['', '', '0 1', '']],
])('pages can come empty while there is more behind them (from the head: %j)', (startFromHead, pages) => {
  const streams = streamOf(2);
  streams.emptyPages = 2;

  expect(pagesOf(streams, { startFromHead })).toEqual(pages);
});

test('what was not created is not found, and nothing is created twice', () => {
  expect(() => new LogStreams().get(STREAM)).toThrow('The specified log stream does not exist.');
  expect(() => streamOf(0).create(STREAM)).toThrow('The specified log stream already exists');
});

test('a log group that is deleted takes its streams along, and is missing until it is made again', () => {
  const streams = streamOf(1);
  streams.deleteGroup('group');
  expect(() => streams.get(STREAM)).toThrow('The specified log stream does not exist.');
  expect(() => streams.create(STREAM)).toThrow('The specified log group does not exist.');

  streams.createGroup('group');
  streams.create(STREAM);

  expect(streams.get(STREAM)).toMatchObject({ events: [] });
});
