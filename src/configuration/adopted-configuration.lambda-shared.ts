import { ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationAttribute, AdoptedConfigurationProperties } from './adopted-configuration-protocol';
import { AdoptedConfigurationRemoval } from './adopted-configuration-removal.lambda-shared';
import { AdoptedIdentity, formatIdentity, parseIdentity, tokenOf } from './adopted-identity.lambda-shared';
import { disableUnused } from './check-disabling.lambda-shared';
import { AccountAudits, FoundConfiguration, LiveConfiguration, recordOf } from './live-configuration.lambda-shared';
import { OtherChecksReport } from './other-checks.lambda-shared';
import { Transition, patchFor } from './wanted-configuration.lambda-shared';
import { asError, describeError } from '../private/custom-resource/aws-calls.lambda-shared';
import { CreationRecords } from '../private/custom-resource/creation-records.lambda-shared';
import { CustomResourceEvent } from '../private/custom-resource/custom-resource-event.lambda-shared';
import {
  CustomResourceHandler, Invocation, LEFT_TO_ANOTHER_INVOCATION, Outcome, RequestFailure, Result,
} from '../private/custom-resource/custom-resource-handler.lambda-shared';
import { failWith } from '../private/custom-resource/fail-with.lambda-shared';
import { FunctionClients } from '../private/custom-resource/function-clients.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';
import { JournalEntry, RequestJournal } from '../private/custom-resource/request-journal.lambda-shared';
import { StackResource, listStackResources } from '../private/custom-resource/stack-resources.lambda-shared';
import { readStackStatus } from '../private/custom-resource/stack-status.lambda-shared';

const SHORT_PATIENCE = 20_000;

/** For a question that decides what to do. */
const LONG_PATIENCE = 120_000;

/**
 * Takes over the account's audit configuration: enables what the template names, and remembers what it found.
 *
 * docs/adr/0010-adopting-a-configuration.md weighs the design.
 */
export class AdoptedConfigurationHandler implements CustomResourceHandler {
  constructor(private readonly props: FunctionClients) {}

  public async handle(event: CustomResourceEvent, invocation: Invocation): Promise<Result> {
    if (event.RequestType === 'Delete') {
      await new AdoptedConfigurationRemoval(this.props, event, invocation).perform();
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    const identity = event.RequestType === 'Update' ? parseIdentity(event.PhysicalResourceId) : undefined;
    if (!identity) {
      return this.adopt(event, invocation);
    }
    return this.change(event, identity, invocation).catch(async (error) => {
      if (!await this.mayRollBack(event, invocation)) {
        throw error;
      }
      log('the rollback goes on without all of it', { error: describeError(asError(error)) });
      return this.changeBlindly(event, identity, invocation);
    });
  }

  public async takeBack(): Promise<void> {
    // CloudFormation will not know the answer, and rolls back: with a delete or an update that finds what was noted.
  }

  public async answered(event: CustomResourceEvent, invocation: Invocation): Promise<void> {
    if (event.RequestType !== 'Delete') {
      await this.journalOf(event, invocation).tryToNote({ answered: true });
    }
  }

  private async adopt(event: CustomResourceEvent, invocation: Invocation): Promise<Result> {
    const { calls, workUntil } = invocation;
    const audits = new AccountAudits(this.props.iot, calls, workUntil);
    const journal = this.journalOf(event, invocation);
    const entries = await journal.open().catch(failWith('the function could not note in its log group what it found'));
    if (entries === 'taken') {
      return LEFT_TO_ANOTHER_INVOCATION;
    }
    const live = await audits.describe().catch(failWith('the function could not read the account\'s audit configuration'));
    const before = foundIn(entries) ?? recordOf(live);
    const predecessor = await this.predecessorOf(event, invocation);
    const found = predecessor?.found ?? before;
    const wanted = propertiesOf(event);
    const checks = tokensOf(wanted);
    const alreadyOn = intersection(checks, before.checks.map(tokenOf));
    const identity = { created: true, checks, alreadyOn, found, before: predecessor && before };
    const physicalResourceId = formatIdentity(identity);

    const others = await this.report({ event, identity, live, audits, invocation, owned: predecessor?.checks ?? new Set() });
    await journal.note({ found: before }).catch(failWith('the function could not note in its log group what it found'));
    await new CreationRecords(this.props.logs, event, invocation).add(physicalResourceId)
      .catch(failWith('the function could not note in its log group what it found'));
    log('found', { ...before });
    await this.apply(audits, live, { wanted, found });
    return outcome(physicalResourceId, found, others);
  }

  private async change(event: CustomResourceEvent, identity: AdoptedIdentity, invocation: Invocation): Promise<Result> {
    const { calls, workUntil } = invocation;
    const audits = new AccountAudits(this.props.iot, calls, workUntil);
    const entries = await this.openedJournal(event, invocation);
    if (entries === 'taken') {
      return LEFT_TO_ANOTHER_INVOCATION;
    }
    const live = await audits.describe().catch(failWith('the function could not read the account\'s audit configuration'));
    const before = foundIn(entries) ?? recordOf(live);
    await this.journalOf(event, invocation).tryToNote({ found: before });
    const { found } = identity;
    const [wanted, former] = [propertiesOf(event), event.OldResourceProperties as AdoptedConfigurationProperties | undefined];
    const checks = tokensOf(wanted);
    const alreadyOn = intersection(difference(checks, identity.checks), before.checks.map(tokenOf));
    const isSame = difference(checks, identity.checks).size === 0 && difference(identity.checks, checks).size === 0;
    const physicalResourceId = isSame ? event.PhysicalResourceId!
      : formatIdentity({ created: false, checks, alreadyOn, found });

    const others = await this.report({
      event, identity: { ...identity, checks }, live, audits, invocation, owned: union(identity.checks, former ? tokensOf(former) : new Set()),
    });
    await this.apply(audits, live, { wanted, former, found });
    await this.disableForgotten(event, identity, live, audits);
    return outcome(physicalResourceId, found, others);
  }

  /** Sets everything without a look at what there is, and holds up no rollback if that fails too. */
  private async changeBlindly(event: CustomResourceEvent, identity: AdoptedIdentity, { calls, undoUntil }: Invocation): Promise<Result> {
    const { found } = identity;
    const [wanted, former] = [propertiesOf(event), event.OldResourceProperties as AdoptedConfigurationProperties | undefined];
    const nothingKnown = { role: undefined, checks: [], thresholds: {}, knownChecks: [] };
    const audits = new AccountAudits(this.props.iot, calls, Math.min(undoUntil, calls.clock.now() + SHORT_PATIENCE));
    await this.apply(audits, nothingKnown, { wanted, former, found }).catch((error) => log('not set', { error: describeError(asError(error)) }));
    return outcome(formatIdentity({ created: false, checks: tokensOf(wanted), alreadyOn: new Set(), found }), found, '');
  }

  private async apply(audits: AccountAudits, live: LiveConfiguration, transition: Transition): Promise<void> {
    const patch = patchFor(live, transition);
    if (!patch) {
      log('the configuration is as it should be');
      return;
    }
    await audits.update(patch).catch(failWith('AWS IoT did not accept the configuration'));
    log('configuration changed', { ...patch });
  }

  /**
   * Checks of an update that failed, of which CloudFormation has no id to delete. No schedule of the stack can use them
   * yet. One that was found is left on, because somebody else may have enabled it.
   */
  private async disableForgotten(
    event: CustomResourceEvent, identity: AdoptedIdentity, live: LiveConfiguration, audits: AccountAudits,
  ): Promise<void> {
    const wanted = tokensOf(propertiesOf(event));
    const former = (event.OldResourceProperties as AdoptedConfigurationProperties | undefined)?.Checks ?? [];
    const forgotten = former.map(({ Name }) => Name).filter((name) => live.checks.includes(name) && !identity.found.checks.includes(name)
      && !identity.checks.has(tokenOf(name)) && !wanted.has(tokenOf(name)));
    await disableUnused(forgotten, audits);
  }

  /** What is enabled beside what the template names; throws where the user asked for it, though never in a rollback. */
  private async report(facts: {
    readonly event: CustomResourceEvent; readonly identity: AdoptedIdentity; readonly live: LiveConfiguration;
    readonly audits: AccountAudits; readonly invocation: Invocation; readonly owned: ReadonlySet<string>;
  }): Promise<string> {
    const { event, identity, live, audits, invocation, owned } = facts;
    const unnamed = live.checks.filter((name) => !identity.checks.has(tokenOf(name)));
    if (unnamed.length === 0) {
      return '';
    }
    const schedules = await audits.schedules().catch(failWith('the function could not read which scheduled audits there are'));
    const own = await this.resourcesOf(event, invocation);
    const report = new OtherChecksReport(unnamed, {
      isOwned: (check) => owned.has(tokenOf(check)),
      foreign: schedules.filter(({ name }) => !own.some(({ type, physicalId }) => type === 'AWS::IoT::ScheduledAudit' && physicalId === name)),
    });
    log('other checks', { otherChecks: report.describe() });
    if (propertiesOf(event).OtherChecks === 'FAIL' && !report.isEmpty && !await this.mayRollBack(event, invocation)) {
      throw new RequestFailure(`checks are enabled that the configuration does not name: ${report.describe()}; name them, take them out of `
        + 'these scheduled audits and disable them, or keep them with OtherChecks.KEEP');
    }
    return report.describe();
  }

  /** A rollback that is not allowed to succeed leaves a stuck stack, so in doubt it is one. */
  private async mayRollBack(event: CustomResourceEvent, { calls, workUntil }: Invocation): Promise<boolean> {
    const until = Math.min(workUntil, calls.clock.now() + LONG_PATIENCE);
    const status = await readStackStatus(this.props.cloudFormation, event.StackId, calls, until);
    return status === undefined || /ROLLBACK|DELETE/.test(status);
  }

  /** What another construct of the stack has adopted: this one is the same under a new name. */
  private async predecessorOf(event: CustomResourceEvent, invocation: Invocation): Promise<AdoptedIdentity | undefined> {
    const resources = await this.resourcesOf(event, invocation);
    const others = resources.filter(({ type, logicalId, isLeaving }) =>
      type === ADOPTED_CONFIGURATION_TYPE && logicalId !== event.LogicalResourceId && !isLeaving);
    return others.map(({ physicalId }) => parseIdentity(physicalId)).find((identity) => identity !== undefined);
  }

  /** The resources of the stack; none if CloudFormation does not tell, since nothing dangerous hangs on them here. */
  private async resourcesOf(event: CustomResourceEvent, { calls, workUntil }: Invocation): Promise<StackResource[]> {
    const until = Math.min(workUntil, calls.clock.now() + LONG_PATIENCE);
    return listStackResources(this.props.cloudFormation, event.StackId, calls, until).catch((error) => {
      log('resources of the stack not known', { error: describeError(asError(error)) });
      return [];
    });
  }

  /** An update can be carried out twice, and a rollback must be carried out whatever happens, so it can do without a journal. */
  private async openedJournal(event: CustomResourceEvent, invocation: Invocation): Promise<readonly JournalEntry[] | 'taken'> {
    return this.journalOf(event, invocation).open().catch((error) => {
      log('journal not opened', { error: describeError(asError(error)) });
      return [];
    });
  }

  private journalOf(event: CustomResourceEvent, { calls, context, workUntil }: Invocation): RequestJournal {
    return new RequestJournal(event.RequestId, { calls, logs: this.props.logs, logGroupName: context.logGroupName, until: workUntil });
  }
}

function propertiesOf(event: CustomResourceEvent): AdoptedConfigurationProperties {
  return event.ResourceProperties as unknown as AdoptedConfigurationProperties;
}

function tokensOf({ Checks }: AdoptedConfigurationProperties): Set<string> {
  return new Set(Checks.map(({ Name }) => tokenOf(Name)));
}

function foundIn(entries: readonly JournalEntry[]): FoundConfiguration | undefined {
  return entries.find(({ found }) => found)?.found as FoundConfiguration | undefined;
}

function outcome(physicalResourceId: string, found: FoundConfiguration, otherChecks: string): Outcome {
  return {
    physicalResourceId,
    data: {
      [AdoptedConfigurationAttribute.FOUND_CONFIGURATION]: JSON.stringify(found),
      [AdoptedConfigurationAttribute.OTHER_CHECKS]: otherChecks,
    },
  };
}

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> {
  return new Set([...one, ...other]);
}

function intersection(one: ReadonlySet<string>, other: readonly string[]): Set<string> {
  return new Set(other.filter((token) => one.has(token)));
}

function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> {
  return new Set([...one].filter((token) => !other.has(token)));
}
