import type { CliOptions } from './options';
import {
  RehearsalReport, StackReport, actionOf, auditReportsOf, emptyReport, nameOf, notificationReportsOf, remainsOf,
  stackReportOf, succeeded,
} from './report';
import { auditLines, lineOf, notificationLines, remainingLines } from './text';
import { StackDefinition, readAssembly } from '../cloudformation/assembly';
import { OperationResult, RehearsedAccount } from '../cloudformation/rehearsed-account';
import type { StackEvent } from '../cloudformation/rehearsed-stack';
import { TemplateError } from '../cloudformation/template';

/** The account and region of stacks that name none. */
export const DEFAULT_ENVIRONMENT = { account: '123456789012', region: 'eu-west-1' };

/** Milliseconds that a check of an audit takes: long enough to be seen in progress. */
const AUDIT_DURATION = 200;

type Print = (line: string) => void;

/**
 * Rehearses the deployment of a cloud assembly, and prints what happens meanwhile.
 *
 * @param longStep milliseconds after which a step that goes on is mentioned, again and again
 */
export async function rehearse(
  directory: string, options: CliOptions, print: Print, longStep = 5000,
): Promise<RehearsalReport> {
  const rehearsal = new Rehearsal(options, print, longStep);
  try {
    return await rehearsal.run(directory);
  } finally {
    await rehearsal.stop();
  }
}

class Rehearsal {
  /** By account and region, each started when the first stack needs it. */
  private readonly accounts = new Map<string, RehearsedAccount>();

  constructor(
    private readonly options: CliOptions, private readonly print: Print, private readonly longStep: number,
  ) {}

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
    stacks: readonly StackReport[], found: Pick<RehearsalReport, 'audits' | 'notifications' | 'remains'>,
  ): RehearsalReport {
    return { ...emptyReport(), outcome: stacks.every(succeeded) ? 'succeeded' : 'failed', stacks, ...found };
  }

  private async accountFor(definition: StackDefinition): Promise<RehearsedAccount> {
    const { account: accountId = DEFAULT_ENVIRONMENT.account, region = DEFAULT_ENVIRONMENT.region } = definition;
    const key = `${accountId} ${region}`;
    const existing = this.accounts.get(key);
    if (existing !== undefined) return existing;
    this.print(`Account ${accountId}, region ${region}`);
    const account = await RehearsedAccount.start({
      accountId, region, fleet: this.options.fleet, auditDuration: AUDIT_DURATION, whatIsNotRehearsed: 'is skipped',
    });
    this.accounts.set(key, account);
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
      await account.functions.whenIdle();
      return stackReportOf(stackName, account, operation, outcome, events);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return stackReportOf(stackName, account, operation, { refusal: error.message }, []);
    }
  }

  private async results(): Promise<Pick<RehearsalReport, 'audits' | 'notifications'>> {
    const [audits, notifications]: [RehearsalReport['audits'][number][], RehearsalReport['notifications'][number][]] = [
      [], [],
    ];
    for (const account of this.accounts.values()) {
      // Faults disturb the deployment, not the queries after it.
      account.deviceDefender.faults.clear();
      const [ran, sent] = [await auditReportsOf(account), notificationReportsOf(account)];
      ['', ...auditLines(ran), ...notificationLines(sent), ''].forEach(this.print);
      audits.push(...ran);
      notifications.push(...sent);
    }
    return { audits, notifications };
  }

  private addFaults(): void {
    for (const { deviceDefender, services } of this.accounts.values()) {
      for (const { service, operation, ...fault } of this.options.faults) {
        if (service === 'iot') deviceDefender.faults.add({ operation, ...fault });
        else services.faults.add({ operation, ...fault });
      }
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
    }, this.longStep);
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
