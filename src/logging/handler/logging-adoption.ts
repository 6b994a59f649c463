import { LogLevel } from '@aws-sdk/client-iot';
import { AccountLogging, FoundLogging, LiveLogging } from './live-logging';
import {
  Adoption, AdoptionIdentity, AdoptionStates, packRecord, requireFittingId, unpackRecord,
} from '../../function/runtime/adoption';
import { failureKindOf } from '../../function/runtime/aws-calls';
import { log } from '../../function/runtime/log';
import { Outcome } from '../../function/runtime/request';
import { RequestFailure, failWith } from '../../function/runtime/request-failure';
import { AdoptedLoggingAttribute, AdoptedLoggingEvent, AdoptedLoggingProperties } from '../protocol';

/** Null stands for logging that nobody had set. */
type Found = FoundLogging | null;
type Live = LiveLogging | null;
type States = AdoptionStates<AdoptedLoggingProperties, Found, Live>;

/** A request for the account's logging: it sets the logging, or leaves alone what there is. */
export class LoggingAdoption extends Adoption<AdoptedLoggingProperties, Found, Live, AdoptionIdentity<Found>> {
  protected readonly sentences = {
    notRead: 'the function could not read what the account logs',
    notPutBack: 'the account\'s logging could not be put back, and may still use the role of this stack',
  };

  private readonly logging = new AccountLogging(this.request);

  protected requireProperties(): void {
    const { RoleArn, DefaultLogLevel }: Partial<AdoptedLoggingProperties> = this.request.properties;
    if (typeof RoleArn !== 'string' || typeof DefaultLogLevel !== 'string') {
      throw new RequestFailure('the properties RoleArn and DefaultLogLevel must be given; '
        + 'define the resource with Logging');
    }
  }

  protected parse(physicalResourceId: string | undefined): AdoptionIdentity<Found> | undefined {
    const [, packed] = /^logging\.([\w-]+)$/.exec(physicalResourceId ?? '') ?? [];
    return packed === undefined ? undefined : { created: true, found: unpackRecord(packed) as Found };
  }

  protected async describe(): Promise<Live> {
    return this.logging.describe();
  }

  protected record(live: Live): Found {
    return live;
  }

  protected async identify(first: Found, live: Live): Promise<{ found: Found; outcome: Outcome }> {
    // Events of logging that is left alone need no memory, and may be too many for an id.
    const remembered = first && isLeftAlone(this.states(first, live)) ? { ...first, events: undefined } : first;
    const physicalResourceId = requireFittingId(`logging.${packRecord(remembered)}`);
    return { found: first, outcome: outcomeOf(physicalResourceId, first) };
  }

  protected async update(states: States): Promise<void> {
    const { live, wanted: { RoleArn, DefaultLogLevel, Events }, former } = states;
    if (isLeftAlone(states)) {
      log('the account logs already: left as it is', { role: live?.role });
      return;
    }
    const events = Events ?? (former?.Events ? [] : undefined);
    await this.logging.update({
      roleArn: RoleArn,
      defaultLogLevel: DefaultLogLevel as LogLevel,
      disableAllLogs: false,
      eventConfigurations: events?.map(renderEvent),
    }).catch(failWith('AWS IoT did not accept the logging options'));
    log('logging set', { role: RoleArn, level: DefaultLogLevel });
  }

  protected async change(identity: AdoptionIdentity<Found>, live: Live): Promise<Outcome> {
    await this.update(this.states(identity.found, live));
    return this.goOn(identity);
  }

  protected async goOn({ found }: AdoptionIdentity<Found>): Promise<Outcome> {
    return outcomeOf(this.request.event.PhysicalResourceId!, found);
  }

  protected async putBack(found: Found, live: Live): Promise<void> {
    if (!found?.role) {
      return this.switchOff(live);
    }
    try {
      await this.logging.putBack(found);
      log('put back', { ...found });
    } catch (error) {
      if (failureKindOf(error) !== 'denied') {
        throw error;
      }
      // Nobody named the former role: level and events go back, and the role of this stack stays.
      log('put back except for the role, which the function may not pass: name it in previousRoles', {
        error, ...found,
      });
      await this.logging.putBack({ ...found, role: undefined });
    }
  }

  protected async switchOff(_live: Live): Promise<void> {
    await this.logging.switchOff();
    log('switched off');
  }
}

/**
 * True if the template counts only in an account that does not log, and the account logs with a role outside the stack.
 */
function isLeftAlone({ live, wanted, former }: States): boolean {
  const logs = live?.role !== undefined && !live.off;
  return wanted.Keep === 'true' && logs && ![wanted.RoleArn, former?.RoleArn].includes(live.role);
}

function outcomeOf(physicalResourceId: string, found: Found): Outcome {
  return { physicalResourceId, data: { [AdoptedLoggingAttribute.FOUND_LOGGING]: found } };
}

function renderEvent({ EventType, LogLevel: level, LogDestination }: AdoptedLoggingEvent) {
  return { eventType: EventType, logLevel: level as LogLevel | undefined, logDestination: LogDestination };
}
