import { name, version } from '../package.json';

/** The streams of a command: results, and everything else. */
export interface Output {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Runs it and returns the exit code. Loads its code only then. */
  readonly run: (args: readonly string[], output: Output) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  check: {
    summary: 'check CloudFormation templates by the rules of AWS IoT Device Defender Audit',
    run: async (args, output) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { checkCommand } = require('./check/command') as typeof import('./check/command');
      return checkCommand(args, output);
    },
  },
  rehearse: {
    summary: 'deploy a CDK app to a model of AWS on this machine, without an account',
    run: async (args, output) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { rehearseCommand } = require('../rehearsal/cli/command') as typeof import('../rehearsal/cli/command');
      return rehearseCommand(args, output);
    },
  },
};

const HELP = `Tools for AWS IoT Device Defender audits.

  npx ${name} <command> [options]

Commands
${Object.entries(COMMANDS).map(([command, { summary }]) => `  ${command.padEnd(12)} ${summary}`).join('\n')}

  npx ${name} <command> --help    explains a command
  npx ${name} --version           prints the version`;

/**
 * Runs the command that the arguments name. Returns the exit code: what the command says, or 2 if there is no such
 * command.
 */
export async function main([first, ...others]: readonly string[], output: Output): Promise<number> {
  switch (first) {
    case '--help': case '-h': case 'help':
      output.out(HELP);
      return 0;
    case '--version':
      output.out(version);
      return 0;
    case undefined:
      output.error(HELP);
      return 2;
  }
  if (!Object.hasOwn(COMMANDS, first)) {
    output.error(`There is no command ${first}; there are ${Object.keys(COMMANDS).join(', ')}.\nTry --help.`);
    return 2;
  }
  return COMMANDS[first].run(others, output);
}

/** A reader that has seen enough, such as `head`, ends the command quietly; results that are lost are an error. */
function watchResults(): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    console.error(`The results cannot be written: ${message}`);
    process.on('exit', () => process.exitCode = 2);
  });
}

if (require.main === module) {
  watchResults();
  main(process.argv.slice(2), { out: console.log, error: console.error }).then(
    (code) => process.exitCode = code,
    (error) => {
      console.error(error);
      // A fault of the command itself is no finding.
      process.exitCode = 2;
    },
  );
}
