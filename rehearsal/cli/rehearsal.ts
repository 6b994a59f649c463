import { auditLines, notificationLines } from './audit-results';
import { Environments } from './environments';
import { lineOf } from './event-lines';
import type { CliOptions } from './options';
import { remainingLines } from './remains';
import { printable } from '../../src/private/printable';
import { StackDefinition, readAssembly } from '../cloudformation/assembly';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import { StackEvent, isSuccess } from '../cloudformation/stack-events';
import { TemplateError } from '../cloudformation/template';
import { DISCLAIMER } from '../device-defender/disclaimer';

type Print = (line: string) => void;

const INTRODUCTION = [
  ...DISCLAIMER.replace(/ Unverified in particular:.*/s, '').split('\n'),
  'CloudFormation is a model too, and so is IAM: functions may do what the policies of their roles allow, all others everything.',
  'What is unverified: rehearsal/device-defender/disclaimer.ts',
  '',
];

/** Rehearses the deployment of an assembly and prints what happens; false if it would fail. */
export async function rehearse(directory: string, options: CliOptions, printLine: Print): Promise<boolean> {
  // Devices, people and functions name and say what they like, and a terminal obeys some of it.
  const print = (line: string) => printLine(printable(line));
  const environments = new Environments(options.fleet, (account) => print(`Account ${account.deviceDefender.accountId}, region ${account.deviceDefender.region}`));
  INTRODUCTION.forEach(print);
  try {
    if (options.previous !== undefined && !await deployQuietly(environments, options.previous, print)) return false;
    const definitions = readAssembly(directory);
    for (const definition of definitions) addFaults(await environments.accountFor(definition), options);
    const succeeded = await deploy(environments, definitions, options, print);
    for (const account of environments.all) await printResults(account, print);
    if (!options.delete) return succeeded;
    return await deleteAll(environments, definitions, options, print) && succeeded;
  } finally {
    await environments.stop();
  }
}

async function deployQuietly(environments: Environments, directory: string, print: Print): Promise<boolean> {
  for (const definition of readAssembly(directory)) {
    const account = await environments.accountFor(definition);
    const result = await deployStack(account, definition);
    if (!result.succeeded) {
      print('The previous deployment fails:');
      result.lines.forEach(print);
      return false;
    }
    print(`${definition.stackName} is deployed as it was before.`);
  }
  return true;
}

async function deploy(environments: Environments, definitions: readonly StackDefinition[], options: CliOptions, print: Print): Promise<boolean> {
  for (const definition of definitions) {
    const account = await environments.accountFor(definition);
    watch(account, options, print);
    const { succeeded, refusal } = await deployStack(account, definition);
    if (refusal !== undefined) print(refusal);
    if (!succeeded) return false;
  }
  return true;
}

async function deployStack(account: RehearsedAccount, definition: StackDefinition) {
  try {
    const { outcome, events } = await account.deploy(definition);
    await account.functions.whenIdle();
    return { succeeded: isSuccess(outcome), lines: events.flatMap((event) => lineOf(event) ?? []) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const refusal = `${definition.stackName} cannot be deployed: ${error.message}`;
    return { succeeded: false, lines: [refusal], refusal };
  }
}

/** Last stack first. */
async function deleteAll(environments: Environments, definitions: readonly StackDefinition[], options: CliOptions, print: Print): Promise<boolean> {
  let succeeded = true;
  for (const definition of [...definitions].reverse()) {
    const account = await environments.accountFor(definition);
    if (!account.stacks.has(definition.stackName)) continue;
    watch(account, options, print);
    const { outcome } = await account.delete(definition.stackName);
    await account.functions.whenIdle();
    succeeded &&= isSuccess(outcome);
  }
  for (const account of environments.all) (await remainingLines(account)).forEach(print);
  return succeeded;
}

async function printResults(account: RehearsedAccount, print: Print): Promise<void> {
  account.deviceDefender.faults.clear();
  print('');
  (await auditLines(account)).forEach(print);
  notificationLines(account).forEach(print);
  print('');
}

function addFaults(account: RehearsedAccount, { faults }: CliOptions): void {
  for (const { service, operation, ...fault } of faults) {
    if (service === 'iot') account.deviceDefender.faults.add({ operation, ...fault });
    else account.services.faults.add({ operation, ...fault });
  }
}

/** Prints events as they happen; the lines of a function follow when they are asked for, or when its resource fails. */
function watch(account: RehearsedAccount, { verbose }: CliOptions, print: Print): void {
  let printed = account.functions.log.length;
  account.onEvent = (event: StackEvent) => {
    const line = lineOf(event) ?? (verbose ? `  ${event.status.toLowerCase()} ${event.logicalId}` : undefined);
    if (line !== undefined) print(line);
    const lines = account.functions.log.slice(printed);
    const ended = !event.status.endsWith('IN_PROGRESS');
    if (!ended) return;
    printed = account.functions.log.length;
    for (const { functionName, logicalId, line: logged } of lines) {
      if (verbose || (event.status.endsWith('FAILED') && logicalId === event.logicalId)) print(`      ${functionName}: ${logged}`);
    }
  };
}
