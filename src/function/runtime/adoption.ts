import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describeError, log } from './log';
import { Outcome, Request } from './request';
import { DeletionFailure, RequestCancelled, RequestFailure, failWith } from './request-failure';
import { StackResources } from './stack-operation';

/** Properties of every resource that adopts something. */
interface AdoptionProperties {
  /** The role that the stack sets: as long as the account has it, nobody else has taken over. */
  readonly RoleArn: string;

  /** `LEAVE`, `PUT_BACK` or `SWITCH_OFF`. */
  readonly WhenRemoved: string;
}

/** The content of a physical id. */
export interface AdoptionIdentity<Found> {
  /**
   * True if the id was given when the resource was created: only such an id can stand for a creation that is undone.
   */
  readonly created: boolean;

  /** The state before the adoption. */
  readonly found: Found;

  /** The state before the creation, if another construct of the stack had adopted before. */
  readonly foundByCreation?: Found;
}

/** The states of something that is adopted. */
export interface AdoptionStates<Properties, Found, Live> {
  /** The state before the adoption. */
  readonly found: Found;

  /** The state now. */
  readonly live: Live;

  /** The state that the template describes. */
  readonly wanted: Properties;

  /** The state that the template described before. */
  readonly former?: Properties;
}

/** Sentences that differ from adoption to adoption. */
interface AdoptionSentences {
  /** The failure of a look at the account. */
  readonly notRead: string;

  /** The failure of a deletion. */
  readonly notPutBack: string;
}

/** The reason of a delete. */
type Occasion<Identity> =
  /** The resource has another id, or another construct of the stack has adopted. */
  | { readonly kind: 'superseded'; readonly by: Identity }
  | { readonly kind: 'creation undone'; readonly identity: Identity }
  | { readonly kind: 'removed'; readonly identity: Identity }
  | { readonly kind: 'nothing to undo' };

const NOTING = 'the function could not note in its log group what it found';

/**
 * A request for a resource that takes over something of the account that may exist already: it remembers in its
 * physical id what it found, so that a delete can put it back.
 *
 * A delete fails rather than leave the account pointing at what CloudFormation deletes next. Other than that, in doubt
 * it does nothing.
 */
export abstract class Adoption<
  Properties extends AdoptionProperties, Found, Live extends { readonly role?: string } | null,
  Identity extends AdoptionIdentity<Found>,
> {
  protected abstract readonly sentences: AdoptionSentences;

  private listed?: Promise<StackResources>;

  constructor(protected readonly request: Request<Properties>) {}

  public async carryOut(): Promise<Outcome> {
    const { event, stack } = this.request;
    if (event.RequestType === 'Delete') {
      await this.delete();
      return { physicalResourceId: event.PhysicalResourceId! };
    }
    this.requireProperties();
    const identity = event.RequestType === 'Update' ? this.parse(event.PhysicalResourceId) : undefined;
    if (!identity) {
      return this.adopt();
    }
    try {
      return await this.change(identity, await this.read());
    } catch (error) {
      if (!stack.mayGoBack || error instanceof RequestCancelled) {
        throw error;
      }
      log('the rollback goes on without all of it', { error });
      return this.goOn(identity);
    }
  }

  /** @throws RequestFailure if properties are missing, which the construct always gives */
  protected abstract requireProperties(): void;

  /**
   * The content of a physical id; undefined for an id that is not of this resource, such as CloudFormation makes up.
   */
  protected abstract parse(physicalResourceId: string | undefined): Identity | undefined;

  /** The live state, as the API describes it. */
  protected abstract describe(): Promise<Live>;

  /** The part of a live state that is worth going back to. */
  protected abstract record(live: Live): Found;

  /**
   * Decides on an adoption, and changes nothing yet.
   *
   * @param first the state before this request
   */
  protected abstract identify(first: Found, live: Live): Promise<{ readonly found: Found; readonly outcome: Outcome }>;

  /** Makes the live state what the template wants. */
  protected abstract update(states: AdoptionStates<Properties, Found, Live>): Promise<void>;

  /** Carries out an update of what was adopted. */
  protected abstract change(identity: Identity, live: Live): Promise<Outcome>;

  /** Goes on in a rollback, which must succeed, with an update that failed. */
  protected abstract goOn(identity: Identity): Promise<Outcome>;

  /** Puts back what was found. */
  protected abstract putBack(found: Found, live: Live, identity: Identity): Promise<void>;

  protected abstract switchOff(live: Live): Promise<void>;

  /** Carries out the deletion of an id that another one has replaced. */
  protected async supersede(_by: Identity): Promise<void> {
    // Nothing is to be done: the account is as the other id says.
  }

  /** The identity that has replaced the deleted one, if the resource has another by now. */
  protected async successor(): Promise<Identity | undefined> {
    const { event, history: { newestId } } = this.request;
    return newestId === event.PhysicalResourceId ? undefined : this.parse(newestId);
  }

  /**
   * The identity that an unanswered creation noted: CloudFormation does not know it, and deletes the resource under an
   * id that it makes up.
   */
  protected unansweredCreation(): Identity | undefined {
    return this.parse(this.request.history.createdId);
  }

  /** The state before this request changed anything, also if an earlier invocation did. */
  protected firstState(live: Live): Found {
    const noted = this.request.memory.earlier.find((entry) => 'found' in entry);
    return noted ? noted.found as Found : this.record(live);
  }

  protected states(found: Found, live: Live): AdoptionStates<Properties, Found, Live> {
    return { found, live, wanted: this.request.properties, former: this.request.formerProperties };
  }

  /** The resources of the stack, listed once. */
  protected async resources(): Promise<StackResources> {
    this.listed ??= this.request.stack.resources();
    return this.listed;
  }

  /** The identity of another construct of the stack that has adopted: the same under another name. */
  protected adoptedAlike({ alike }: StackResources): Identity | undefined {
    return alike.map(({ physicalId }) => this.parse(physicalId)).find((identity) => identity !== undefined);
  }

  private async read(): Promise<Live> {
    return this.describe().catch(failWith(this.sentences.notRead));
  }

  private async adopt(): Promise<Outcome> {
    this.request.requireMemory();
    const live = await this.read();
    const first = this.firstState(live);
    const { found, outcome } = await this.identify(first, live);
    const entry = { found: first, created: outcome.physicalResourceId };
    await this.request.memory.note(entry).catch(failWith(NOTING));
    log('found', { ...first as object | null });
    await this.update(this.states(found, live));
    return outcome;
  }

  private async delete(): Promise<void> {
    const occasion = await this.occasion();
    log('delete', { occasion: occasion.kind });
    switch (occasion.kind) {
      case 'superseded':
        return this.supersede(occasion.by);
      case 'creation undone': {
        const { identity } = occasion;
        return this.giveBack(async (live) => this.putBack(identity.foundByCreation ?? identity.found, live, identity));
      }
      case 'removed':
        return this.remove(occasion.identity);
      case 'nothing to undo':
        return undefined;
    }
  }

  private async occasion(): Promise<Occasion<Identity>> {
    const { event, stack } = this.request;
    const own = this.parse(event.PhysicalResourceId);
    const identity = own ?? this.unansweredCreation();
    if (!identity) {
      return { kind: 'nothing to undo' };
    }
    if (stack.direction === 'unknown') {
      throw new DeletionFailure('the function could not ask CloudFormation what the deletion is for, '
        + 'so it changed nothing; delete again');
    }
    const successor = own && await this.successor();
    if (successor) {
      return { kind: 'superseded', by: successor };
    }
    if (stack.direction === 'back') {
      // An update's id was superseded as well, though CloudFormation does not say by what.
      return identity.created ? { kind: 'creation undone', identity } : { kind: 'nothing to undo' };
    }
    const renamed = this.adoptedAlike(await this.resources());
    return renamed ? { kind: 'superseded', by: renamed } : { kind: 'removed', identity };
  }

  private async remove(identity: Identity): Promise<void> {
    switch (this.request.properties.WhenRemoved) {
      case 'PUT_BACK':
        return this.giveBack(async (live) => this.putBack(identity.found, live, identity));
      case 'SWITCH_OFF':
        return this.giveBack(async (live) => this.switchOff(live));
    }
  }

  /** Gives the account back, unless it has another role by now, as others that take over set it. */
  private async giveBack(perform: (live: Live) => Promise<void>): Promise<void> {
    try {
      const live = await this.describe();
      if (live?.role === this.request.properties.RoleArn) {
        await perform(live);
      } else {
        log('left alone: the account has another role by now', { role: live?.role });
      }
    } catch (error) {
      throw new DeletionFailure(`${this.sentences.notPutBack} (${describeError(error)}); `
        + 'delete again when AWS IoT lets the function change it, or retain this resource');
    }
  }
}

/** The characters that CloudFormation takes as a physical id. */
const LONGEST_ID = 1024;

/** Packs a record for a physical id, the only memory of a custom resource that nobody has to keep. */
export function packRecord(record: unknown): string {
  return deflateRawSync(JSON.stringify(record)).toString('base64url');
}

export function unpackRecord(packed: string): unknown {
  return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64url')).toString());
}

/** @throws RequestFailure if the id is too long */
export function requireFittingId(physicalResourceId: string): string {
  if (physicalResourceId.length > LONGEST_ID) {
    throw new RequestFailure('nothing was changed because what was found does not fit into '
      + `the ${LONGEST_ID} characters of a physical id; `
      + 'change it to roles and topics with shorter names first');
  }
  return physicalResourceId;
}
