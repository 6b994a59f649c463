import { followAudits } from './after-audit';
import { afterAuditLines } from './after-audit-text';
import { auditReportsOf, notificationReportsOf } from './audit-reports';
import { Chronicle } from './chronicle';
import type { CliOptions, RequestedFault } from './options';
import { Patience } from './patience';
import {
  RehearsalReport, StackReport, actionOf, emptyReport, nameOf, remainsOf, stackReportOf, succeeded,
} from './report';
import { resourceNames } from './resource-names';
import { auditLines, lineOf, notificationLines, remainingLines } from './text';
import { runWatchedAudits } from './watched-audits';
import { StackDefinition, readAssembly } from '../cloudformation/assembly';
import { OperationResult, RehearsalOptions, RehearsedAccount } from '../cloudformation/rehearsed-account';
import type { StackEvent } from '../cloudformation/rehearsed-stack';
import { TemplateError } from '../cloudformation/template';
import { SURROUNDING_OPERATIONS } from '../services/surrounding-wire-format';
import { MACHINE_OPERATIONS } from '../step-functions/called-services';

/** The account and region of stacks that name none. */
export const DEFAULT_ENVIRONMENT = { account: '123456789012', region: 'eu-west-1' };

/** Real time for each unit of what state machines wait for: half a minute between two looks at a task is 0.3 s. */
const MACHINE_TIME_SCALE = 0.01;

type Print = (line: string) => void;

/** Settings that the command does not have. Times are in milliseconds. */
export interface RehearsalSettings {
  /** The time after which a step that goes on is mentioned, again and again. */
  readonly longStep: number;
  /** The time after which functions and state machines that go on are not waited for any more. */
  readonly longestWait: number;
  /** How long a check of an audit takes: by default, long enough to be seen in progress. */
  readonly auditDuration: number;
  /** Carries out every invocation in this process, which takes less time. */
  readonly inProcess?: RehearsalOptions['inProcess'];
}

const DEFAULT_SETTINGS: RehearsalSettings = { longStep: 5000, longestWait: 60_000, auditDuration: 200 };

/** Rehearses the deployment of a cloud assembly, and prints what happens meanwhile. */
export async function rehearse(
  directory: string, options: CliOptions, print: Print, settings: Partial<RehearsalSettings> = {},
): Promise<RehearsalReport> {
  const rehearsal = new Rehearsal(options, print, { ...DEFAULT_SETTINGS, ...settings });
  try {
    return await rehearsal.run(directory);
  } finally {
    await rehearsal.stop();
  }
}

class Rehearsal {
  /** By account and region, each started when the first stack needs it. */
  private readonly accounts = new Map<string, RehearsedAccount>();
  private readonly patience: Patience;
  private readonly chronicles = new Map<RehearsedAccount, Chronicle>();

  constructor(
    private readonly options: CliOptions, private readonly print: Print, private readonly settings: RehearsalSettings,
  ) {
    this.patience = new Patience(settings.longestWait);
  }

  async run(directory: string): Promise<RehearsalReport> {
    const before = await this.deployPrevious();
    if (before !== undefined) return { ...emptyReport(), outcome: 'failed', reason: before };
    const definitions = readAssembly(directory);
    for (const definition of definitions) await this.accountFor(definition);
    this.addFaults();
    const stacks = await this.deployAll(definitions);
    const found = await this.results();
    if (!this.options.delete) return this.report(stacks, found);
    stacks.push(...(await this.deleteAll(definitions)));
    const remains = [];
    for (const account of this.accounts.values()) remains.push(await remainsOf(account));
    remains.flatMap(remainingLines).concat('').forEach(this.print);
    return this.report(stacks, { ...found, remains });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.accounts.values()].map(async (account) => account.stop()));
  }

  private report(
    stacks: readonly StackReport[], found: Pick<RehearsalReport, 'audits' | 'notifications' | 'afterAudit' | 'remains'>,
  ): RehearsalReport {
    return { ...emptyReport(), outcome: stacks.every(succeeded) ? 'succeeded' : 'failed', stacks, ...found };
  }

  private async accountFor(definition: StackDefinition): Promise<RehearsedAccount> {
    const { account: accountId = DEFAULT_ENVIRONMENT.account, region = DEFAULT_ENVIRONMENT.region } = definition;
    const key = `${accountId} ${region}`;
    const existing = this.accounts.get(key);
    if (existing !== undefined) return existing;
    this.print(`Account ${accountId}, region ${region}`);
    const { auditDuration, inProcess } = this.settings;
    const account = await RehearsedAccount.start({
      accountId, region, fleet: this.options.fleet, auditDuration, machineTimeScale: MACHINE_TIME_SCALE,
      whatIsNotRehearsed: 'is skipped', inProcess,
    });
    this.accounts.set(key, account);
    this.chronicles.set(account, new Chronicle(account, this.options.answer));
    return account;
  }

  /** Deploys the stacks as they were before, without a line for each resource. Returns the reason if that fails. */
  private async deployPrevious(): Promise<string | undefined> {
    if (this.options.previous === undefined) return undefined;
    for (const definition of readAssembly(this.options.previous)) {
      const account = await this.accountFor(definition);
      const events: StackEvent[] = [];
      account.onEvent = (event) => events.push(event);
      const report = await this.perform(definition, account, 'deploy', async () => account.deploy(definition));
      if (succeeded(report)) {
        this.print(`${definition.stackName} is deployed as it was before.`);
        continue;
      }
      this.print('The previous deployment fails:');
      events.flatMap((event) => lineOf(event) ?? []).forEach(this.print);
      return `The previous deployment of ${definition.stackName} fails: ${report.reason ?? report.status}`;
    }
    return undefined;
  }

  /** Deploys stacks in their order, up to the first that fails. */
  private async deployAll(definitions: readonly StackDefinition[]): Promise<StackReport[]> {
    const reports: StackReport[] = [];
    for (const definition of definitions) {
      const account = await this.accountFor(definition);
      const stopWatching = this.watch(account);
      const report = await this.perform(definition, account, 'deploy', async () => account.deploy(definition)).finally(
        stopWatching,
      );
      if (report.reason !== undefined) this.print(`${definition.stackName} cannot be deployed: ${report.reason}`);
      reports.push(report);
      if (!succeeded(report)) break;
    }
    return reports;
  }

  /** Deletes the stacks, the last one first. */
  private async deleteAll(definitions: readonly StackDefinition[]): Promise<StackReport[]> {
    const reports: StackReport[] = [];
    for (const definition of [...definitions].reverse()) {
      const account = await this.accountFor(definition);
      if (!account.stacks.has(definition.stackName)) continue;
      const stopWatching = this.watch(account);
      reports.push(
        await this.perform(definition, account, 'delete', async () => account.delete(definition.stackName)).finally(
          stopWatching,
        ),
      );
    }
    return reports;
  }

  private async perform(
    { stackName }: StackDefinition, account: RehearsedAccount, operation: StackReport['operation'],
    act: () => Promise<OperationResult>,
  ): Promise<StackReport> {
    try {
      const { outcome, events } = await act();
      await this.patience.waitFor(account.functions.whenIdle());
      return stackReportOf(stackName, account, operation, outcome, events);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return stackReportOf(stackName, account, operation, { refusal: error.message }, []);
    }
  }

  private async results(): Promise<Pick<RehearsalReport, 'audits' | 'notifications' | 'afterAudit'>> {
    const results: { [Part in 'audits' | 'notifications' | 'afterAudit']: RehearsalReport[Part][number][] } = {
      audits: [], notifications: [], afterAudit: [],
    };
    for (const account of this.accounts.values()) {
      const { options: { verbose }, patience } = this;
      await runWatchedAudits(account, patience);
      const ran = await auditReportsOf(account);
      const sent = notificationReportsOf(account, resourceNames(account));
      ['', ...auditLines(ran, verbose), ...notificationLines(sent)].forEach(this.print);
      const followed = await followAudits(account, this.chronicles.get(account)!, ran, patience);
      [...afterAuditLines(followed, verbose), ''].forEach(this.print);
      results.audits.push(...ran);
      results.notifications.push(...sent);
      results.afterAudit.push(followed);
    }
    return results;
  }

  private addFaults(): void {
    for (const account of this.accounts.values()) {
      for (const fault of this.options.faults) addFault(account, fault);
    }
  }

  /**
   * Prints events as they happen; the lines of a function follow where they are asked for, or where its resource fails.
   *
   * @returns how to end it
   */
  private watch(account: RehearsedAccount): () => void {
    const {
      print, options: { verbose },
    } = this;
    let printed = account.functions.log.length;
    let step: { readonly event: StackEvent; readonly since: number } | undefined;
    const timer = setInterval(() => {
      if (step === undefined) return;
      const { event, since } = step;
      print(`  ${actionOf(event)} ...     ${nameOf(event)}: at work for ${Math.round((Date.now() - since) / 1000)} s`);
    }, this.settings.longStep);
    account.onEvent = (event) => {
      const isUnderWay = event.status.endsWith('IN_PROGRESS');
      step = isUnderWay ? { event, since: Date.now() } : undefined;
      const line = lineOf(event) ?? (verbose ? `  ${event.status.toLowerCase()} ${event.logicalId}` : undefined);
      if (line !== undefined) print(line);
      if (isUnderWay) return;
      const lines = account.functions.log.slice(printed);
      printed = account.functions.log.length;
      for (const { functionName, logicalId, line: logged } of lines) {
        if (verbose || (event.status.endsWith('FAILED') && logicalId === event.logicalId)) {
          print(`      ${functionName}: ${logged}`);
        }
      }
    };
    return () => clearInterval(timer);
  }
}

/** An operation that functions and state machines call is disturbed for either, each counted by itself. */
function addFault({ deviceDefender, services, stateMachines }: RehearsedAccount, requested: RequestedFault): void {
  const { service, operation, ...fault } = requested;
  if (service === 'iot') {
    deviceDefender.faults.add({ operation, ...fault });
    return;
  }
  if (isAmong(SURROUNDING_OPERATIONS, operation)) services.faults.add({ operation, ...fault });
  // A machine has no entries: its task fails as a whole.
  if (isAmong(MACHINE_OPERATIONS, operation) && fault.kind !== 'entryFailure') {
    stateMachines.faults.add({ operation, ...fault });
  }
}

function isAmong<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}
