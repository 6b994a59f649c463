import { main } from '../../commands/cdk-iot-fleet-audit';
import { version } from '../../package.json';

async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await main(args, { out: (line) => out.push(line), error: (line) => error.push(line) });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

test.each(['--help', '-h', 'help'])('%s lists the commands', async (argument) => {
  expect(await run(argument)).toEqual({ code: 0, out: expect.stringMatching(/npx cdk-iot-fleet-audit <command>.*check {2,}\w.*rehearse {2,}\w/s), error: '' });
});

test('--version prints the version of the package', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: version, error: '' });
});

test('without a command, the help is a complaint', async () => {
  expect(await run()).toEqual({ code: 2, out: '', error: expect.stringContaining('npx cdk-iot-fleet-audit <command>') });
});

test.each(['deploy', '--app', 'constructor'])('%s is no command', async (argument) => {
  expect(await run(argument)).toEqual({ code: 2, out: '', error: `There is no command ${argument}; there are check, rehearse.\nTry --help.` });
});

test('a command gets the arguments that follow it', async () => {
  expect(await run('rehearse', '--help')).toEqual({ code: 0, out: expect.stringContaining('--previous <directory>'), error: '' });
  expect(await run('check', '--help')).toEqual({ code: 0, out: expect.stringContaining('--fail-on <severity>'), error: '' });
  expect(await run('check', '--fail-on')).toEqual({ code: 2, out: '', error: expect.stringMatching(/argument missing\nTry --help\.$/) });
  expect(await run('rehearse', '--app')).toEqual({ code: 2, out: '', error: expect.stringMatching(/argument missing.*Try --help\.$/s) });
});
