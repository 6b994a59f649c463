import { Token } from 'aws-cdk-lib';
import { IPolicyRef, IThingGroupRef, IThingRef } from 'aws-cdk-lib/aws-iot';
import { ExceptionSettings } from './protocol';
import { AuditResourceType } from '../checks/check-table';
import { invalidInput } from '../private/invalid-input';

/** The id of a certificate: the digest of its content. */
const CERTIFICATE_ID = /^[0-9a-f]{64}$/i;

const CERTIFICATES = [AuditResourceType.DEVICE_CERTIFICATE, AuditResourceType.ISSUER_CERTIFICATE];

/** The kinds of exceptions, and the kinds of findings that each can except. */
const EXCEPTED_RESOURCES: Record<keyof ExceptionSettings, readonly AuditResourceType[]> = {
  deviceCertificates: CERTIFICATES,
  caCertificates: [AuditResourceType.CA_CERTIFICATE],
  policies: [AuditResourceType.IOT_POLICY],
  things: CERTIFICATES,
  thingGroups: CERTIFICATES,
};

const KINDS = Object.keys(EXCEPTED_RESOURCES) as (keyof ExceptionSettings)[];

/**
 * A resource that automatic mitigation never touches, whatever an audit finds.
 *
 * An exception is the rule's own: other rules, and people, can still mitigate the resource. What nobody should mitigate
 * is better suppressed in Device Defender.
 *
 * A device that is excepted is cut off all the same if another rule blanks a policy that it uses: that rule needs the
 * policy as an exception.
 */
export class MitigationException {
  /**
   * A device certificate.
   *
   * @param certificateId the certificate's id: 64 hexadecimal digits
   * @throws if the id is not one
   */
  public static deviceCertificate(certificateId: string): MitigationException {
    return new MitigationException(
      'deviceCertificates', certificateIdOf('MitigationException.deviceCertificate', certificateId));
  }

  /**
   * A CA certificate that is registered with AWS IoT.
   *
   * @param certificateId the certificate's id: 64 hexadecimal digits
   * @throws if the id is not one
   */
  public static caCertificate(certificateId: string): MitigationException {
    return new MitigationException(
      'caCertificates', certificateIdOf('MitigationException.caCertificate', certificateId));
  }

  /**
   * A policy of AWS IoT, in each of its versions.
   *
   * @param policy the policy; `CfnPolicy.fromPolicyName()` names one that exists
   */
  public static policy(policy: IPolicyRef): MitigationException {
    return new MitigationException('policies', policy.policyRef.policyName);
  }

  /**
   * The certificates that a thing uses.
   *
   * @param thing the thing; `CfnThing.fromThingName()` names one that exists
   */
  public static thing(thing: IThingRef): MitigationException {
    return new MitigationException('things', thing.thingRef.thingName);
  }

  /**
   * The certificates that the things of a group use, and those of the groups below it.
   *
   * @param thingGroup the thing group; `CfnThingGroup.fromThingGroupName()` names one that exists
   */
  public static thingGroup(thingGroup: IThingGroupRef): MitigationException {
    return new MitigationException('thingGroups', thingGroup.thingGroupRef.thingGroupName);
  }

  /**
   * The exceptions by their kinds, as the function reads them.
   *
   * @internal
   */
  public static _render(exceptions: MitigationException[]): ExceptionSettings {
    const byKind = KINDS.map((kind) => ({
      kind, identifiers: exceptions.filter((exception) => exception.kind === kind).map(({ identifier }) => identifier),
    }));
    return Object.fromEntries(byKind.filter(({ identifiers }) => identifiers.length > 0)
      .map(({ kind, identifiers }) => [kind, identifiers]));
  }

  private constructor(private readonly kind: keyof ExceptionSettings, private readonly identifier: string) {}

  /**
   * True if findings about resources of the type can be about this one.
   *
   * @internal
   */
  public _concerns(resourceType: AuditResourceType): boolean {
    return EXCEPTED_RESOURCES[this.kind].includes(resourceType);
  }

  /** @internal */
  public get _description(): string {
    return `${this.kind}: ${this.identifier}`;
  }
}

function certificateIdOf(factory: string, certificateId: string): string {
  if (Token.isUnresolved(certificateId)) {
    return certificateId;
  }
  if (!CERTIFICATE_ID.test(certificateId)) {
    throw invalidInput(factory, {
      property: 'certificateId',
      rule: 'must be 64 hexadecimal digits',
      given: `'${certificateId}'`,
      fix: 'give the id of the certificate, which is the end of its ARN',
    });
  }
  // Findings have lower case.
  return certificateId.toLowerCase();
}
