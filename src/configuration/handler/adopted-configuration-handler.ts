import { ADOPTED_CONFIGURATION_TYPE, AdoptedConfigurationAttribute, AdoptedConfigurationProperties } from '../protocol';
import { AdoptedConfigurationRemoval } from './adopted-configuration-removal';
import { AdoptedIdentity, formatIdentity, parseIdentity, tokenOf } from './adopted-identity';
import { disableUnused } from './check-disabling';
import { AccountAudits, FoundConfiguration, LiveConfiguration, recordOf } from './live-configuration';
import { OtherChecksReport } from './other-checks';
import { requireChecks } from './required-checks';
import { Transition, patchFor } from './wanted-configuration';
import { asError, describeError } from '../../function/runtime/aws-calls';
import { CustomResourceHandler, Outcome } from '../../function/runtime/custom-resource-handler';
import { log } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';
import { StackResource } from '../../function/runtime/stack-operation';

type AdoptionRequest = Request<AdoptedConfigurationProperties>;

const SHORT_PATIENCE = 20_000;

const NOTING = 'the function could not note in its log group what it found';
const READING = 'the function could not read the account\'s audit configuration';

/**
 * Takes over the account's audit configuration: enables what the template names, and remembers what it found.
 *
 * docs/adr/0010-adopting-a-configuration.md weighs the design.
 */
export class AdoptedConfigurationHandler implements CustomResourceHandler {
  public async handle(request: AdoptionRequest): Promise<Outcome> {
    const { event } = request;
    if (event.RequestType === 'Delete') {
      await new AdoptedConfigurationRemoval(request).perform();
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    requireChecks(request.properties, 1);
    const identity = event.RequestType === 'Update' ? parseIdentity(event.PhysicalResourceId) : undefined;
    if (!identity) {
      return this.adopt(request);
    }
    return this.change(request, identity).catch(async (error) => {
      if (!request.mayGoBack || error instanceof RequestCancelled) {
        throw error;
      }
      log('the rollback goes on without all of it', { error: describeError(asError(error)) });
      return this.changeBlindly(request, identity);
    });
  }

  public async takeBack(): Promise<void> {
    // CloudFormation will not know the answer, and rolls back: with a delete or an update that finds what was noted.
  }

  private async adopt(request: AdoptionRequest): Promise<Outcome> {
    const { memory, properties: wanted } = request;
    request.requireMemory();
    const audits = new AccountAudits(request);
    const live = await audits.describe().catch(failWith(READING));
    const before = foundEarlier(request) ?? recordOf(live);
    const predecessor = await this.predecessorOf(request);
    const found = predecessor?.found ?? before;
    const checks = tokensOf(wanted);
    const alreadyOn = intersection(checks, before.checks.map(tokenOf));
    const identity = { created: true, checks, alreadyOn, found, before: predecessor && before };
    const physicalResourceId = formatIdentity(identity);

    const others = await this.report(request, { identity, live, audits, owned: predecessor?.checks ?? new Set() });
    await memory.note({ found: before, created: physicalResourceId }).catch(failWith(NOTING));
    log('found', { ...before });
    await this.apply(audits, live, { wanted, found });
    return outcome(physicalResourceId, found, others);
  }

  private async change(request: AdoptionRequest, identity: AdoptedIdentity): Promise<Outcome> {
    const { event, formerProperties: former, memory, properties: wanted } = request;
    const audits = new AccountAudits(request);
    const live = await audits.describe().catch(failWith(READING));
    const before = foundEarlier(request) ?? recordOf(live);
    await memory.tryToNote({ found: before });
    const { found } = identity;
    const checks = tokensOf(wanted);
    const alreadyOn = intersection(difference(checks, identity.checks), before.checks.map(tokenOf));
    const isSame = difference(checks, identity.checks).size === 0 && difference(identity.checks, checks).size === 0;
    const physicalResourceId = isSame ? event.PhysicalResourceId!
      : formatIdentity({ created: false, checks, alreadyOn, found });

    const owned = union(identity.checks, former ? tokensOf(former) : new Set());
    const others = await this.report(request, { identity: { ...identity, checks }, live, audits, owned });
    await this.apply(audits, live, { wanted, former, found });
    await this.disableForgotten(request, identity, live, audits);
    return outcome(physicalResourceId, found, others);
  }

  /** Sets everything without a look at what there is, and holds up no rollback if that fails too. */
  private async changeBlindly(request: AdoptionRequest, identity: AdoptedIdentity): Promise<Outcome> {
    const { calls, formerProperties: former, properties: wanted, undoUntil } = request;
    const { found } = identity;
    const nothingKnown = { role: undefined, checks: [], thresholds: {}, knownChecks: [] };
    const audits = new AccountAudits(request, Math.min(undoUntil, calls.clock.now() + SHORT_PATIENCE));
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
   * Disables checks that a failed update enabled: CloudFormation never learned an id for them, so no delete will come. No
   * schedule of the stack can use them yet. One that was found is left on, because somebody else may have enabled it.
   */
  private async disableForgotten(
    request: AdoptionRequest, identity: AdoptedIdentity, live: LiveConfiguration, audits: AccountAudits,
  ): Promise<void> {
    const wanted = tokensOf(request.properties);
    const former = request.formerProperties?.Checks ?? [];
    const forgotten = former.map(({ Name }) => Name).filter((name) => live.checks.includes(name) && !identity.found.checks.includes(name)
      && !identity.checks.has(tokenOf(name)) && !wanted.has(tokenOf(name)));
    await disableUnused(forgotten, audits);
  }

  /** Says what is enabled beside what the template names; throws where the user asked for it, though never in a rollback. */
  private async report(request: AdoptionRequest, facts: {
    readonly identity: AdoptedIdentity; readonly live: LiveConfiguration;
    readonly audits: AccountAudits; readonly owned: ReadonlySet<string>;
  }): Promise<string> {
    const { identity, live, audits, owned } = facts;
    const unnamed = live.checks.filter((name) => !identity.checks.has(tokenOf(name)));
    if (unnamed.length === 0) {
      return '';
    }
    const schedules = await audits.schedules().catch(failWith('the function could not read which scheduled audits there are'));
    const own = await resourcesOf(request);
    const report = new OtherChecksReport(unnamed, {
      isOwned: (check) => owned.has(tokenOf(check)),
      foreign: schedules.filter(({ name }) => !own.some(({ type, physicalId }) => type === 'AWS::IoT::ScheduledAudit' && physicalId === name)),
    });
    log('other checks', { otherChecks: report.describe() });
    if (request.properties.OtherChecks === 'FAIL' && !report.isEmpty && !request.mayGoBack) {
      throw new RequestFailure(`checks are enabled that the configuration does not name: ${report.describe()}; name them, take them out of `
        + 'these scheduled audits and disable them, or keep them with OtherChecks.KEEP');
    }
    return report.describe();
  }

  /** What another construct of the stack has adopted: this one is the same under a new name. */
  private async predecessorOf(request: AdoptionRequest): Promise<AdoptedIdentity | undefined> {
    const others = (await resourcesOf(request)).filter(({ type, logicalId, isLeaving }) =>
      type === ADOPTED_CONFIGURATION_TYPE && logicalId !== request.event.LogicalResourceId && !isLeaving);
    return others.map(({ physicalId }) => parseIdentity(physicalId)).find((identity) => identity !== undefined);
  }
}

/** The resources of the stack; none if CloudFormation does not tell, since nothing dangerous hangs on them here. */
async function resourcesOf({ stack }: AdoptionRequest): Promise<StackResource[]> {
  return stack.resources().catch((error) => {
    log('resources of the stack not known', { error: describeError(asError(error)) });
    return [];
  });
}

function tokensOf({ Checks }: AdoptedConfigurationProperties): Set<string> {
  return new Set(Checks.map(({ Name }) => tokenOf(Name)));
}

/** What an invocation for the same request found before it changed anything. */
function foundEarlier({ memory }: AdoptionRequest): FoundConfiguration | undefined {
  return memory.earlier.find(({ found }) => found)?.found as FoundConfiguration | undefined;
}

function outcome(physicalResourceId: string, found: FoundConfiguration, otherChecks: string): Outcome {
  return {
    physicalResourceId,
    data: {
      [AdoptedConfigurationAttribute.FOUND_CONFIGURATION]: found,
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
