/** The lines that a function writes to its log during a test. */
export interface FunctionLog {
  readonly lines: string[];

  /** The messages, in order. */
  readonly messages: string[];
}

/** Keeps the function's log out of the output of each test of the suite, and for the test to read. */
export function captureLog(): FunctionLog {
  let lines: string[] = [];
  let write: jest.SpyInstance;

  beforeEach(() => {
    lines = [];
    write = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  });

  afterEach(() => write.mockRestore());

  return {
    get lines() {
      return lines;
    },
    get messages() {
      return lines.map((line) => JSON.parse(line).message as string);
    },
  };
}
