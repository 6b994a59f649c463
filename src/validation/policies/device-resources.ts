import { ANY_NAME, Letter, OTHER } from './pattern';
import { arnTokens, tokens } from './resource-pattern';
import { Kind, many, oneOf, optional, Part, Place, sequence, some, spelledOut, texts, word } from './texts';

/** Resources of AWS IoT that belong to devices, by how the name of the device is given. */
export interface DeviceResources {
  /** Those of any device. */
  readonly ofAnyone: Place;

  /** Those of devices whose names are narrowed down in a way that AWS's pages do not mention. */
  readonly ofSomeone: Place;

  /** The beginning of all of them, up to the name. */
  readonly start: readonly Letter[];

  /** Those of any device whose name begins with a letter. */
  startingWith(letter: Letter): Place;
}

/** Characters of names, and of levels of topics, which may hold policy variables. `+` and `#` are no part of either. */
const IN_NAMES: Kind = { except: '/+#', atoms: false };
const IN_LEVELS: Kind = { except: '/+#', atoms: true };
const ANY_LETTER: Kind = { except: '', atoms: true };

/** The name of an arbitrary device: long, and spelled out by no pattern. */
export const ANYONE = word([ANY_NAME]);

/** Names that begin with what no pattern spells out, such as those that `????` and `*-north` stand for. */
export const SOMEONE = sequence(word([OTHER]), many(IN_NAMES));

/** Names that begin with the id that a client connects with. */
export const NAMED_AS_CLIENT = sequence(spelledOut(tokens('${iot:ClientId}') as Letter[]), many(IN_NAMES));

export const LEVEL = some(IN_LEVELS);

/** A level with any name, or with a name that a pattern spells out together with the levels before it. */
export function levelBehind(start: string): Part {
  return oneOf(sequence(word(start), ANYONE), sequence(spelledOut(start), LEVEL));
}

export const FURTHER_LEVELS = optional(word('/'), many(ANY_LETTER));

/** Resources of AWS IoT whose ARNs end with some parts. */
export function resources(...parts: readonly Part[]): Place {
  return texts(word(startOf('')), ...parts);
}

/** The beginning of the ARNs of resources. */
export function startOf(resource: string): Letter[] {
  return arnTokens('iot', [...resource]) as Letter[];
}

/**
 * @param rest what follows the name of the device
 * @param inNames characters of names
 */
export function devices(start: string, rest: Part, inNames: Kind = IN_NAMES): DeviceResources {
  const named = (name: Part) => resources(word(start), name, rest);
  const others = (except: string) => sequence(word([OTHER]), many({ ...inNames, except: inNames.except + except }));
  return {
    ofAnyone: named(ANYONE),
    // A text such as `:client/pump` is part of a name only if the pattern has written out the ARN before it.
    ofSomeone: resources(oneOf(
      sequence(word(start), others(':')), sequence(spelledOut(start), others('')),
    ), rest),
    startingWith: (letter) => named(word([letter, ANY_NAME])),
    start: startOf(start),
  };
}

const NOTHING = word('');

/** Clients, whose ids may hold any character. */
export const CLIENTS = devices('client/', NOTHING, { except: '', atoms: false });
export const ANY_CLIENT = resources(word('client/'), some(ANY_LETTER));

export const THINGS = devices('thing/', NOTHING);

/** Things, and their named shadows (`thing/MyThing/MyShadow`). */
export const THINGS_WITH_SHADOWS = devices('thing/', optional(levelBehind('/')));

export const THINGS_NAMED_AS_CLIENT = resources(word('thing/'), NAMED_AS_CLIENT, FURTHER_LEVELS);

/** Resources of any kind. */
export const ANY_RESOURCE = resources(some(ANY_LETTER));

/** Resources of any kind whose names begin with what no pattern spells out. */
export const OF_SOME_KIND = resources(optional(LEVEL, word('/')), oneOf(ANYONE, sequence(SOMEONE, FURTHER_LEVELS)));
