import { AccountSuppressions, LiveSuppressions } from './account-suppressions';
import {
  PlannedChange, PolicyVersions, differenceBetween, planChanges, requireDistinct, subjectOf, suppressionsOf,
} from './planned-changes';
import { NOT_READ, Preconditions } from './preconditions';
import { Content, Subject, isOfPolicy, isOver, isSame, keyOf, nameOf } from './suppression';
import { ChangeRecord, SuppressionMemory } from './suppression-memory';
import { WantedSuppression, readableSuppressions, requireSuppressions } from './wanted-suppressions';
import { log } from '../../function/runtime/log';
import { Outcome, Request } from '../../function/runtime/request';
import { RequestCancelled, RequestFailure, failWith } from '../../function/runtime/request-failure';
import { shorten } from '../../private/printable';
import { SuppressionsAttribute, SuppressionsProperties } from '../protocol';

/** A change, and what the account has before it. */
interface Step extends PlannedChange {
  readonly live?: Content;
}

/** Bytes of an attribute: an answer has room for 4,096 in all. */
const LONGEST_TEXT = 1_500;

/**
 * A request for a list of suppressions.
 *
 * Before it changes anything, it looks at everything and notes what it found, so that a rollback can put that back. The
 * account is what the template says only where the template changes: what somebody did by hand since stays otherwise.
 */
export class SuppressionsRequest {
  private readonly account: AccountSuppressions;
  private readonly preconditions: Preconditions;
  private readonly memory: SuppressionMemory;

  constructor(private readonly request: Request<SuppressionsProperties>) {
    this.account = new AccountSuppressions(request);
    this.preconditions = new Preconditions(this.account, request.calls.clock);
    this.memory = new SuppressionMemory(request);
  }

  public async carryOut(): Promise<Outcome> {
    const { event, properties, stack } = this.request;
    if (event.RequestType === 'Delete') {
      await this.delete();
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    const physicalResourceId = event.PhysicalResourceId ?? `${ID}${event.RequestId}`;
    const wanted = stack.mayGoBack ? readableSuppressions(properties) : requireSuppressions(properties);
    const takenOver = stack.mayGoBack ? await this.goBack(wanted).catch(goOnUnlessCancelled)
      : await this.goForward(wanted, physicalResourceId);
    return {
      physicalResourceId,
      data: {
        [SuppressionsAttribute.COUNT]: wanted.length,
        [SuppressionsAttribute.TAKEN_OVER]: shorten((takenOver ?? []).join(', '), LONGEST_TEXT),
      },
    };
  }

  /** @returns the names of what somebody had changed by hand, and has been taken over */
  private async goForward(wanted: readonly WantedSuppression[], physicalResourceId: string): Promise<string[]> {
    const { event, stack } = this.request;
    this.request.requireMemory();
    const former = readableSuppressions(this.request.formerProperties ?? {});
    const { changed, removed, followed } = differenceBetween(former, wanted);
    if (changed.length + removed.length + followed.length === 0) {
      return [];
    }
    await this.preconditions.requireEnabled(changed);
    const versions = await this.preconditions.requireVersions(changed, [...followed, ...removed]);
    requireDistinct(wanted, versions);
    const wants = keysOf(wanted, versions);
    await this.memory.announce(wants, keysOf(removed, versions)).catch(failWith(`${NOT_READ} its log group`));
    await this.memory.awaitOthers(wants).catch(failWith(`${NOT_READ} its log group`));
    const live = await this.account.list(checksOf([...changed, ...removed, ...followed]))
      .catch(failWith(`${NOT_READ} the account's suppressions`));
    const plan = planChanges({ former, wanted, versions, live, now: this.now });
    const steps = this.stepsOf(plan, live);
    await this.memory.noteChanges(
      wanted, steps, versions, event.RequestType === 'Create' ? physicalResourceId : undefined);
    for (const step of steps) {
      await this.carryOutStep(step).catch(failWith(`AWS IoT did not accept the change of ${step.label}`));
    }
    await stack.requireWanted();
    await this.memory.announce(wants).catch(logNotNoted);
    const takenOver = steps.filter((step) => step.target && step.live && !isSame(step.live, step.former));
    takenOver.forEach((step) => log('suppression taken over', { suppression: nameOf(step.subject), found: step.live }));
    return takenOver.map(({ subject }) => nameOf(subject));
  }

  /** Puts back what the update that is rolled back has changed. */
  private async goBack(wanted: readonly WantedSuppression[]): Promise<undefined> {
    const { formerProperties = {}, stack } = this.request;
    const former = readableSuppressions(formerProperties);
    const record = this.memory.recordOfUpdate(former);
    const { changed, removed, followed } = differenceBetween(former, wanted);
    const versions = await this.preconditions.knownVersions([...wanted, ...removed]);
    await this.memory.announce(keysOf(wanted, versions)).catch(logNotNoted);
    if (!record && this.memory.isKnown && stack.direction === 'back') {
      log('nothing to put back: the update changed nothing');
      return undefined;
    }
    await this.memory.recallOthers().catch(logNotNoted);
    if (record) {
      await this.putBack(record, wanted, versions);
      return undefined;
    }
    // Without a memory, only what is as the other template has it can be of that template.
    const live = await this.account.list(checksOf([...changed, ...removed, ...followed]));
    const plan = planChanges({ former, wanted, versions, live, now: this.now })
      .filter(({ subject, former: content }) => isSame(live.content(subject), content));
    const steps = this.stepsOf(plan, live);
    // It may be no rollback, and be rolled back itself.
    await this.memory.noteChanges(wanted, steps, versions).catch(logNotNoted);
    await this.carryOutSteps(steps);
    return undefined;
  }

  /** @returns the number of failures */
  private async putBack(
    record: ChangeRecord, wanted: readonly WantedSuppression[] = [], versions: PolicyVersions = new Map(),
  ): Promise<number> {
    // CloudFormation gives a policy that it rolls back a version of its own.
    const moved = wanted.filter(({ policyName }) => policyName !== undefined && versions.has(policyName)
      && record.versions[policyName] !== versions.get(policyName));
    const live = await this.account.list(new Set([...record.found.map(({ check }) => check), ...checksOf(moved)]))
      .catch((error) => {
        log('putting back without a look at the account', { error });
        return undefined;
      });
    const followerOf = (subject: Subject) => moved.find(({ check, policyName }) =>
      isOfPolicy(subject, check, policyName!));
    const asFound = record.found
      .filter((found) => !live || !found.content
        || followerOf(found)?.content.description !== found.content.description)
      .map(({ check, resource, content }): PlannedChange => ({
        subject: { check, resource }, label: nameOf({ check, resource }),
        target: content && !isOver(content, this.now) ? content : undefined,
      }));
    const following = live && moved.length > 0
      ? planChanges({ former: wanted, wanted, versions, live, now: this.now })
        .filter(({ subject }) => followerOf(subject)) : [];
    return this.carryOutSteps(this.stepsOf([...asFound, ...following], live));
  }

  private async delete(): Promise<void> {
    const { event, history, stack } = this.request;
    await this.memory.announce([]).catch(logNotNoted);
    const entries = readableSuppressions(this.request.properties);
    const own = creationIdIn(event.PhysicalResourceId);
    const creation = own ?? creationIdIn(history.createdId);
    if (!creation && this.memory.isKnown) {
      log('nothing to undo: the creation changed nothing');
      return;
    }
    await this.memory.recallOthers().catch(async (error) => this.requireAlone(error));
    const isUndone = !own || stack.direction === 'back'
      || (stack.direction === 'unknown' && history.precedingRequestId === own);
    const record = isUndone && creation ? this.memory.recordOf(creation) : undefined;
    const failures = record ? await this.putBack(record) : await this.deleteAll(entries, isUndone);
    if (failures > 0) {
      throw new RequestFailure(`suppressions that could not be ${record ? 'put back' : 'deleted'}: ${failures}; `
        + 'the log of the function names them');
    }
  }

  /** Without a memory of other lists, nobody knows which of them has taken over what. */
  private async requireAlone(error: unknown): Promise<void> {
    const { alike } = await this.request.stack.resourcesIfKnown();
    if (alike.length > 0) {
      failWith('the function could not read what other lists of the stack have, so it deleted nothing')(error);
    }
    logNotNoted(error);
  }

  /** Deletes the suppressions of the list, or those of them that are as the list says. */
  private async deleteAll(entries: readonly WantedSuppression[], onlyIfSame: boolean): Promise<number> {
    const versions = await this.preconditions.knownVersions(entries);
    const live = await this.account.list(checksOf(entries)).catch((error) => {
      log('deleting without a look at the account', { error });
      return undefined;
    });
    const subjects = entries.flatMap((entry) =>
      (live ? suppressionsOf(entry, live, versions) : [subjectOf(entry, versions)].flatMap((subject) => subject ?? []))
        .map((subject): PlannedChange => ({ subject, former: entry.content, label: entry.label })));
    return this.carryOutSteps(this.stepsOf(subjects, live)
      .filter((step) => !onlyIfSame || isSame(step.live, step.former)));
  }

  /** The changes that the account needs, without what another list of the stack has by now. */
  private stepsOf(plan: readonly PlannedChange[], live: LiveSuppressions | undefined): Step[] {
    return plan.map((change): Step => ({ ...change, live: live?.content(change.subject) }))
      .filter((step) => !live || !isSame(step.live, step.target))
      .filter((step) => {
        const isKept = step.target === undefined && this.memory.isWantedByOthers(step.subject);
        if (isKept) {
          log('left to another list of the stack', { suppression: nameOf(step.subject) });
        }
        return !isKept;
      });
  }

  private async carryOutStep({ subject, target, live }: Step): Promise<void> {
    if (target === undefined) {
      await this.account.delete(subject);
      log('suppression deleted', { suppression: nameOf(subject) });
      return;
    }
    await (live ? this.account.update(subject, target) : this.account.create(subject, target));
    log('suppression set', { suppression: nameOf(subject), ...target });
  }

  /** Carries out as much as can be. @returns the number of failures */
  private async carryOutSteps(steps: readonly Step[]): Promise<number> {
    let failures = 0;
    for (const step of steps) {
      await this.carryOutStep(step).catch((error) => {
        goOnUnlessCancelled(error);
        log('suppression not put back or deleted', { suppression: nameOf(step.subject), error });
        failures += 1;
      });
    }
    await this.request.stack.requireWanted();
    return failures;
  }

  private get now(): number {
    return this.request.calls.clock.now();
  }
}

const ID = 'suppressions.';

/** The request of a creation that an id of this resource names. */
function creationIdIn(physicalResourceId = ''): string | undefined {
  return physicalResourceId.startsWith(ID) ? physicalResourceId.slice(ID.length) : undefined;
}

function keysOf(entries: readonly WantedSuppression[], versions: PolicyVersions): string[] {
  return entries.flatMap((entry) => subjectOf(entry, versions) ?? []).map(keyOf);
}

function checksOf(entries: readonly WantedSuppression[]): Set<string> {
  return new Set(entries.map(({ check }) => check));
}

/** A rollback goes on without what cannot be put back. */
function goOnUnlessCancelled(error: unknown): undefined {
  if (error instanceof RequestCancelled) {
    throw error;
  }
  log('the rollback goes on without all of it', { error });
  return undefined;
}

function logNotNoted(error: unknown): void {
  log('not noted', { error });
}
