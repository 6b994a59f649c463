import {
  DescribeThingGroupCommand, ListPrincipalThingsCommand, ListThingGroupsForThingCommand, ResourceIdentifier,
} from '@aws-sdk/client-iot';
import { AuditReader, LARGEST_PAGE, LISTING_PACE } from '../../function/runtime/audit-reader';
import { asError } from '../../function/runtime/log';
import { ExceptionSettings } from '../protocol';

/** The resources that a rule never touches. */
export class Exceptions {
  private readonly certificates: ReadonlySet<string>;
  private readonly caCertificates: ReadonlySet<string>;
  private readonly policies: ReadonlySet<string>;
  private readonly things: ReadonlySet<string>;
  private readonly thingGroups: ReadonlySet<string>;
  private readonly ancestors = new Map<string, readonly string[]>();

  /** @param certificateArn makes the ARN of a device certificate from its id */
  constructor(
    private readonly reader: AuditReader, private readonly certificateArn: (id: string) => string,
    settings: ExceptionSettings = {},
  ) {
    const { deviceCertificates = [], caCertificates = [], policies = [], things = [], thingGroups = [] } = settings;
    this.certificates = new Set(deviceCertificates.map(normalized));
    this.caCertificates = new Set(caCertificates.map(normalized));
    this.policies = new Set(policies);
    this.things = new Set(things);
    this.thingGroups = new Set(thingGroups);
  }

  /** True if nothing is an exception. */
  public get isEmpty(): boolean {
    const { certificates, caCertificates, policies, things, thingGroups } = this;
    return [certificates, caCertificates, policies, things, thingGroups].every(({ size }) => size === 0);
  }

  /** True if a resource is an exception. */
  public async cover(identifier: ResourceIdentifier): Promise<boolean> {
    const { caCertificateId, policyVersionIdentifier } = identifier;
    const certificate = certificateIdOf(identifier);
    return this.caCertificates.has(normalized(caCertificateId))
      || this.policies.has(policyVersionIdentifier?.policyName ?? '')
      || (certificate !== undefined && await this.coverCertificate(certificate));
  }

  /** True if a device certificate is an exception: itself, one of its things, or a group that a thing is in. */
  public async coverCertificate(id: string): Promise<boolean> {
    if (this.certificates.has(normalized(id))) {
      return true;
    }
    if (this.things.size + this.thingGroups.size > 0) {
      for await (const thing of this.thingsOf(id)) {
        if (this.things.has(thing) || await this.isInGroup(thing)) {
          return true;
        }
      }
    }
    return false;
  }

  private async isInGroup(thing: string): Promise<boolean> {
    if (this.thingGroups.size > 0) {
      for await (const group of this.groupsOf(thing)) {
        if (this.thingGroups.has(group) || (await this.groupsAbove(group)).some((name) => this.thingGroups.has(name))) {
          return true;
        }
      }
    }
    return false;
  }

  private async *thingsOf(certificateId: string): AsyncGenerator<string> {
    yield* this.reader.pages(async (nextToken) => {
      const page = await unlessGone(this.reader.ask((iot, options) => iot.send(new ListPrincipalThingsCommand({
        principal: this.certificateArn(certificateId), maxResults: LARGEST_PAGE, nextToken,
      }), options)));
      return { items: page.things, nextToken: page.nextToken };
    });
  }

  private async *groupsOf(thingName: string): AsyncGenerator<string> {
    yield* this.reader.pages(async (nextToken) => {
      const page = await unlessGone(this.reader.ask((iot, options) => iot.send(new ListThingGroupsForThingCommand({
        thingName, maxResults: LARGEST_PAGE, nextToken,
      }), options)));
      return { items: page.thingGroups?.map(({ groupName }) => groupName ?? ''), nextToken: page.nextToken };
    });
  }

  /** Names of the groups above a group. There are few groups, and many things in each. */
  private async groupsAbove(thingGroupName: string): Promise<readonly string[]> {
    let names = this.ancestors.get(thingGroupName);
    if (!names) {
      const group = await unlessGone(this.reader.ask((iot, options) => iot.send(
        new DescribeThingGroupCommand({ thingGroupName }), options)));
      await this.reader.pause(LISTING_PACE);
      names = group.thingGroupMetadata?.rootToParentThingGroups?.map(({ groupName }) => groupName ?? '') ?? [];
      this.ancestors.set(thingGroupName, names);
    }
    return names;
  }
}

/** The id of the device certificate that an identifier is about. The ARN ends with it. */
export function certificateIdOf(identifier: ResourceIdentifier): string | undefined {
  const { deviceCertificateId, deviceCertificateArn } = identifier;
  return deviceCertificateId || /:cert\/([0-9a-fA-F]+)$/.exec(deviceCertificateArn ?? '')?.[1];
}

/** An answer, or an empty one about what was deleted since the audit: it is in no group and has no things. */
async function unlessGone<Answer>(answer: Promise<Answer>): Promise<Partial<Answer>> {
  try {
    return await answer;
  } catch (error) {
    if (asError(error).name === 'ResourceNotFoundException') {
      return {};
    }
    throw error;
  }
}

function normalized(id = ''): string {
  return id.toLowerCase();
}
