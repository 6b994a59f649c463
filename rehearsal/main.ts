/**
 * The rehearsal on the command line: npm run rehearse -- --help
 */
import { DEFAULT_ENVIRONMENT } from './cli/environments';
import { HELP, UsageError, parseOptions } from './cli/options';
import { rehearse } from './cli/rehearsal';
import { SynthesisError, synthesize } from './cli/synthesis';

async function main(args: readonly string[]): Promise<number> {
  // The functions that are rehearsed run on whatever Node.js there is, and say nothing about it either.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    const assembly = synthesize(options.app, DEFAULT_ENVIRONMENT);
    try {
      return await rehearse(assembly.directory, options, (line) => console.log(line)) ? 0 : 1;
    } finally {
      assembly.remove();
    }
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\nTry --help.`);
      return 2;
    }
    if (!(error instanceof SynthesisError)) throw error;
    console.error(error.message);
    return 1;
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exitCode = code,
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
