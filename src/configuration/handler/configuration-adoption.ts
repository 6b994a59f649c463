import { ConfigurationIdentity, formatIdentity, parseIdentity, tokenOf, tokensOf } from './configuration-identity';
import { ConfigurationRestoring } from './configuration-restoring';
import {
  AccountAudits, FoundConfiguration, LiveConfiguration, SCHEDULED_AUDIT, recordOf, usersOf,
} from './live-configuration';
import { States, patchFor, requireChecks } from './wanted-configuration';
import { Adoption } from '../../function/runtime/adoption';
import { Persistence } from '../../function/runtime/aws-calls';
import { log } from '../../function/runtime/log';
import { Outcome } from '../../function/runtime/request';
import { DeletionFailure, RequestFailure, failWith } from '../../function/runtime/request-failure';
import { StackResources } from '../../function/runtime/stack-operation';
import { shorten } from '../../private/printable';
import { AdoptedConfigurationAttribute, AdoptedConfigurationProperties } from '../protocol';

/** CloudFormation takes 4096 bytes of answer in all. */
const LONGEST_REPORT = 900;

const SHORT_PATIENCE = 20_000;

/**
 * A request for the account's audit configuration: it enables what the template names, and disables checks only when
 * nothing can fail any more.
 *
 * docs/adr/0010-adopting-a-configuration.md weighs the design.
 */
export class ConfigurationAdoption extends Adoption<
  AdoptedConfigurationProperties, FoundConfiguration, LiveConfiguration, ConfigurationIdentity
> {
  protected readonly sentences = {
    notRead: 'the function could not read the account\'s audit configuration',
    notPutBack: 'the account\'s audit configuration could not be put back, '
      + 'and still names the role or the topic of this stack',
  };

  private readonly audits = new AccountAudits(this.request);
  private readonly restoring = new ConfigurationRestoring(this.request, this.audits);

  /** The checks that the template names, as tokens. */
  private get checks(): Set<string> {
    return tokensOf(this.request.properties.Checks);
  }

  protected requireProperties(): void {
    requireChecks(this.request.properties, 1);
  }

  protected parse(physicalResourceId: string | undefined): ConfigurationIdentity | undefined {
    return parseIdentity(physicalResourceId);
  }

  protected async describe(): Promise<LiveConfiguration> {
    return this.audits.describe();
  }

  protected record(live: LiveConfiguration): FoundConfiguration {
    return recordOf(live);
  }

  /** Takes over from another construct of the stack that has adopted, which is the same under a former name. */
  protected async identify(
    first: FoundConfiguration, live: LiveConfiguration,
  ): Promise<{ found: FoundConfiguration; outcome: Outcome }> {
    const resources = await this.request.stack.resourcesIfKnown();
    const predecessor = this.adoptedAlike(resources);
    const found = predecessor?.found ?? first;
    const { checks } = this;
    const physicalResourceId = formatIdentity({
      created: true,
      checks,
      alreadyOn: intersection(checks, first.checks),
      found,
      foundByCreation: predecessor && first,
    });
    const otherChecks = await this.reportOtherChecks(live, predecessor?.checks ?? new Set(), resources);
    return { found, outcome: outcomeOf(physicalResourceId, found, otherChecks) };
  }

  protected async change(identity: ConfigurationIdentity, live: LiveConfiguration): Promise<Outcome> {
    const { event, formerProperties: former, memory } = this.request;
    const first = this.firstState(live);
    await memory.tryToNote({ found: first });
    const { found } = identity;
    const { checks } = this;
    const added = difference(checks, identity.checks);
    const isSame = added.size === 0 && difference(identity.checks, checks).size === 0;
    const physicalResourceId = isSame ? event.PhysicalResourceId!
      : formatIdentity({ created: false, checks, alreadyOn: intersection(added, first.checks), found });

    const owned = new Set([...identity.checks, ...tokensOf(former?.Checks)]);
    const otherChecks = await this.reportOtherChecks(live, owned);
    await this.update(this.states(found, live));
    await this.disableForgotten(identity, live);
    return outcomeOf(physicalResourceId, found, otherChecks);
  }

  /** Sets everything without a look at what there is, and holds up no rollback if that fails too. */
  protected async goOn({ found }: ConfigurationIdentity): Promise<Outcome> {
    const { calls, undoUntil } = this.request;
    const nothingKnown = { role: undefined, checks: [], thresholds: {}, knownChecks: [] };
    const until = Math.min(undoUntil, calls.clock.now() + SHORT_PATIENCE);
    await this.update(this.states(found, nothingKnown), { until }).catch((error) => log('not set', { error }));
    return outcomeOf(formatIdentity({ created: false, checks: this.checks, alreadyOn: new Set(), found }), found, '');
  }

  protected async update(states: States, persistence?: Partial<Persistence>): Promise<void> {
    const patch = patchFor(states);
    if (!patch) {
      log('the configuration is as it should be');
      return;
    }
    await this.audits.update(patch, persistence).catch(failWith('AWS IoT did not accept the configuration'));
    log('configuration changed', { ...patch });
  }

  /** Only a rollback undoes a creation whose id CloudFormation does not know. */
  protected unansweredCreation(): ConfigurationIdentity | undefined {
    return this.request.stack.mayGoBack ? super.unansweredCreation() : undefined;
  }

  /** The identity that was answered last, or that CloudFormation lists. */
  protected async successor(): Promise<ConfigurationIdentity | undefined> {
    const { event, memory, stack } = this.request;
    const { own } = await this.resources();
    const listed = own?.physicalId === event.PhysicalResourceId ? undefined : parseIdentity(own?.physicalId);
    const successor = await super.successor() ?? listed;
    if (!successor && !memory.isKnown && stack.direction === 'forward') {
      throw new DeletionFailure('the function could not read in its log if the checks or the whole configuration '
        + 'were removed, so it changed nothing; delete again');
    }
    return successor;
  }

  /** Disables the checks that the template no longer names. */
  protected async supersede(by: ConfigurationIdentity): Promise<void> {
    const { checks, alreadyOn } = parseIdentity(this.request.event.PhysicalResourceId)!;
    const live = await this.describe();
    const dropped = live.checks.filter((name) => checks.has(tokenOf(name)) && !by.checks.has(tokenOf(name)));
    // A deployment that failed must not take from others what was on before it.
    const isUndone = this.request.stack.direction === 'back';
    await this.restoring.disable(isUndone ? dropped.filter((name) => !alreadyOn.has(tokenOf(name))) : dropped);
  }

  protected async putBack(
    found: FoundConfiguration, live: LiveConfiguration, { checks }: ConfigurationIdentity,
  ): Promise<void> {
    await this.restoring.putBack(found, live, checks);
  }

  protected async switchOff(live: LiveConfiguration): Promise<void> {
    await this.restoring.switchOff(live);
  }

  /**
   * Disables checks that a failed update enabled: CloudFormation never learned an id for them, so no delete will come.
   * No schedule of the stack can use them yet. A check that was found stays on, because somebody else may have enabled
   * it.
   */
  private async disableForgotten(identity: ConfigurationIdentity, live: LiveConfiguration): Promise<void> {
    const wanted = this.checks;
    const former = this.request.formerProperties?.Checks ?? [];
    await this.audits.disableUnused(former.map(({ Name }) => Name).filter((name) =>
      live.checks.includes(name) && !identity.found.checks.includes(name)
      && !identity.checks.has(tokenOf(name)) && !wanted.has(tokenOf(name))));
  }

  /**
   * Describes the checks that are on and that the template does not name, except those that it named before and no
   * scheduled audit outside the stack uses: they are about to be disabled.
   *
   * @throws RequestFailure if the user asked for it and there are such checks, though never in a rollback
   */
  private async reportOtherChecks(
    live: LiveConfiguration, owned: ReadonlySet<string>, known?: StackResources,
  ): Promise<string> {
    const { properties, stack } = this.request;
    const { checks } = this;
    const unnamed = live.checks.filter((name) => !checks.has(tokenOf(name)));
    if (unnamed.length === 0) {
      return '';
    }
    const schedules = await this.audits.schedules().catch(failWith(
      'the function could not read which scheduled audits there are'));
    const resources = known ?? await stack.resourcesIfKnown();
    const own = resources.ofType(SCHEDULED_AUDIT).map(({ physicalId }) => physicalId);
    const foreign = schedules.filter(({ name }) => !own.includes(name));
    const namesByUsers = new Map<string, string[]>();
    for (const name of unnamed) {
      const users = usersOf(name, foreign).join(', ');
      if (users || !owned.has(tokenOf(name))) {
        namesByUsers.set(users, [...namesByUsers.get(users) ?? [], name]);
      }
    }
    const groups = [...namesByUsers].map(([users, names]) => `${names.join(', ')}${users && ` (used by ${users})`}`);
    const otherChecks = shorten(groups.join('; '), LONGEST_REPORT);
    log('other checks', { otherChecks });
    if (properties.OtherChecks === 'FAIL' && otherChecks && !stack.mayGoBack) {
      throw new RequestFailure(`checks are enabled that the configuration does not name: ${otherChecks}; `
        + 'name them, take them out of these scheduled audits and disable them, or keep them with OtherChecks.KEEP');
    }
    return otherChecks;
  }
}

function outcomeOf(physicalResourceId: string, found: FoundConfiguration, otherChecks: string): Outcome {
  return {
    physicalResourceId,
    data: {
      [AdoptedConfigurationAttribute.FOUND_CONFIGURATION]: found,
      [AdoptedConfigurationAttribute.OTHER_CHECKS]: otherChecks,
    },
  };
}

/** Those of the tokens that stand for one of the checks. */
function intersection(tokens: ReadonlySet<string>, names: readonly string[]): Set<string> {
  return new Set(names.map(tokenOf).filter((token) => tokens.has(token)));
}

function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> {
  return new Set([...one].filter((token) => !other.has(token)));
}
