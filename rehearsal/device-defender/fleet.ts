import type { LogEventConfiguration, LogLevel, RelatedResource, ResourceIdentifier } from '@aws-sdk/client-iot';
import type { FleetChange } from './fleet-change';

/** ISO 8601 text, epoch milliseconds, or an offset from the start of the stand-in such as `+20d`, `-3h` or `-90m`. */
export type Instant = string | number;

export type CertificateStatus =
  'ACTIVE' | 'INACTIVE' | 'REVOKED' | 'PENDING_TRANSFER' | 'REGISTER_INACTIVE' | 'PENDING_ACTIVATION';

/** A fleet to audit, as plain data that can come from a JSON file. */
export interface FleetDescription {
  readonly certificates?: readonly {
    readonly certificateId: string;
    readonly status?: CertificateStatus;
    readonly notAfter?: Instant;
    readonly createdAt?: Instant;
    readonly activatedAt?: Instant;
    readonly caCertificateId?: string;
    /** The certificate is in the revocation list of its CA. */
    readonly revokedByCa?: boolean;
    /** Names of the things the certificate is attached to. */
    readonly things?: readonly string[];
    /** Connections made with the certificate; one without `to` is still open. */
    readonly connections?: readonly { readonly clientId: string; readonly from: Instant; readonly to?: Instant }[];
  }[];
  readonly caCertificates?: readonly {
    readonly certificateId: string;
    readonly status?: CertificateStatus;
    readonly notAfter?: Instant;
    /** The CA is in the revocation list of its issuer. */
    readonly revokedByIssuer?: boolean;
  }[];
  readonly policies?: readonly {
    readonly policyName: string;
    readonly versions: readonly { readonly versionId: string; readonly document: unknown }[];
    /** The first version if absent. */
    readonly defaultVersionId?: string;
  }[];
  readonly logging?: LoggingOptions;
  readonly thingGroups?: readonly {
    readonly thingGroupName: string;
    readonly parentGroupName?: string;
    readonly dynamic?: boolean;
  }[];
  readonly things?: readonly { readonly thingName: string; readonly thingGroupNames?: readonly string[] }[];
  /**
   * Roles that lack permissions. `denied` names check names (audit role), mitigation action types (action roles),
   * `sns:Publish` (notification role) or `*`.
   */
  readonly missingPermissions?: readonly { readonly roleArn: string; readonly denied: readonly string[] }[];
  /** Findings reported by a check besides those its rule makes; kept as given, so hundreds of thousands are cheap. */
  readonly plantedFindings?: readonly PlantedFinding[];
}

export interface PlantedFinding {
  readonly checkName: string;
  readonly resourceIdentifier: ResourceIdentifier;
  /** The first reason code of the check if absent. */
  readonly reasonCode?: string;
  readonly relatedResources?: RelatedResource[];
}

export interface LoggingOptions {
  readonly roleArn?: string;
  readonly defaultLogLevel?: LogLevel;
  readonly disableAllLogs?: boolean;
  readonly eventConfigurations?: LogEventConfiguration[];
}

export interface Connection {
  readonly clientId: string;
  readonly from: number;
  /** Infinity while the connection is open. */
  readonly to: number;
}

export interface DeviceCertificate {
  readonly certificateId: string;
  status: CertificateStatus;
  notAfter: number;
  activatedAt: number;
  caCertificateId?: string;
  revokedByCa: boolean;
  things: string[];
  connections: Connection[];
}

export interface CaCertificate {
  readonly certificateId: string;
  status: CertificateStatus;
  notAfter: number;
  revokedByIssuer: boolean;
}

export interface Policy {
  readonly policyName: string;
  versions: { readonly versionId: string; readonly document: unknown }[];
  defaultVersionId: string;
}

export interface ThingGroup {
  readonly thingGroupName: string;
  readonly parentGroupName?: string;
  readonly dynamic: boolean;
}

/** The fleet as it is now: audits read it, mitigation changes it, a test may do both. */
export class Fleet {
  readonly certificates = new Map<string, DeviceCertificate>();
  readonly caCertificates = new Map<string, CaCertificate>();
  readonly policies = new Map<string, Policy>();
  readonly thingGroups = new Map<string, ThingGroup>();
  /** Names of the groups of each thing. */
  readonly groupsOfThing = new Map<string, Set<string>>();
  /** Undefined until someone sets the options, as in a new account. */
  logging: LoggingOptions | undefined;
  /** What mitigation actions have changed, in order. */
  readonly changes: FleetChange[] = [];
  private readonly denied = new Map<string, Set<string>>();
  private readonly planted = new Map<string, PlantedFinding[]>();

  constructor(description: FleetDescription, start: number) {
    const instant = (value: Instant | undefined, otherwise: number) =>
      value === undefined ? otherwise : parseInstant(value, start);
    for (const given of description.certificates ?? []) {
      this.certificates.set(certificateId(given.certificateId), {
        certificateId: given.certificateId,
        status: given.status ?? 'ACTIVE',
        notAfter: instant(given.notAfter, Infinity),
        activatedAt: instant(given.activatedAt, instant(given.createdAt, start)),
        caCertificateId: given.caCertificateId,
        revokedByCa: given.revokedByCa ?? false,
        things: [...(given.things ?? [])],
        connections: (given.connections ?? []).map(({ clientId, from, to }) => ({
          clientId, from: instant(from, start), to: instant(to, Infinity),
        })),
      });
      for (const thing of given.things ?? []) this.groupsOfThing.set(thing, new Set());
    }
    for (const given of description.caCertificates ?? []) {
      this.caCertificates.set(certificateId(given.certificateId), {
        certificateId: given.certificateId,
        status: given.status ?? 'ACTIVE',
        notAfter: instant(given.notAfter, Infinity),
        revokedByIssuer: given.revokedByIssuer ?? false,
      });
    }
    for (const { policyName, versions, defaultVersionId } of description.policies ?? []) {
      if (versions.length === 0) throw new Error(`Policy ${policyName} needs a version.`);
      this.policies.set(policyName, {
        policyName, versions: [...versions], defaultVersionId: defaultVersionId ?? versions[0].versionId,
      });
    }
    for (const { dynamic, ...group } of description.thingGroups ?? []) {
      this.thingGroups.set(group.thingGroupName, { ...group, dynamic: dynamic ?? false });
    }
    for (const { thingName, thingGroupNames } of description.things ?? []) {
      this.groupsOfThing.set(thingName, new Set(thingGroupNames));
    }
    for (const { roleArn, denied } of description.missingPermissions ?? []) this.denyPermissions(roleArn, ...denied);
    for (const finding of description.plantedFindings ?? []) this.plant(finding);
    this.logging = description.logging;
  }

  plant(finding: PlantedFinding): void {
    const list = this.planted.get(finding.checkName);
    if (list === undefined) this.planted.set(finding.checkName, [finding]);
    else list.push(finding);
  }

  plantedFor(checkName: string): readonly PlantedFinding[] {
    return this.planted.get(checkName) ?? [];
  }

  denyPermissions(roleArn: string, ...denied: string[]): void {
    this.denied.set(roleArn, new Set([...(this.denied.get(roleArn) ?? []), ...denied]));
  }

  restorePermissions(roleArn: string): void {
    this.denied.delete(roleArn);
  }

  isDenied(roleArn: string | undefined, what: string): boolean {
    const denied = roleArn === undefined ? undefined : this.denied.get(roleArn);
    return denied !== undefined && (denied.has(what) || denied.has('*'));
  }
}

function certificateId(id: string): string {
  if (!/^[a-fA-F0-9]{64}$/.test(id)) throw new Error(`A certificate id has 64 hexadecimal digits, got: ${id}`);
  return id;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function parseInstant(value: Instant, start: number): number {
  if (typeof value === 'number') return value;
  const offset = /^([+-]\d+(?:\.\d+)?)([smhd])$/.exec(value);
  const time = offset === null ? Date.parse(value) : start + Number(offset[1]) * UNITS[offset[2]];
  if (Number.isNaN(time)) throw new Error(`Not a time: ${value}`);
  return time;
}
