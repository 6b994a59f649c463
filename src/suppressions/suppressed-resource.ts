import { Aws, Stack } from 'aws-cdk-lib';
import { IIdentityPoolRef } from 'aws-cdk-lib/aws-cognito';
import { IRoleRef } from 'aws-cdk-lib/aws-iam';
import { ICACertificateRef, ICertificateRef, IPolicyRef, IRoleAliasRef } from 'aws-cdk-lib/aws-iot';
import { IConstruct } from 'constructs';
import { digestOfPolicy, literalNameOf, NamedResources } from './defined-resource';
import { SuppressedResourceIdentifier } from './protocol';
import {
  certificateIdOf, requireIdentityPoolId, requirePolicyName, requirePolicyVersion, requireRoleAlias, requireText,
} from './resource-identifiers';
import { requireIssuerCertificate, SuppressedIssuerCertificate } from './suppressed-issuer-certificate';
import { AuditResourceType } from '../checks/check-table';

interface Details {
  readonly type: AuditResourceType;
  readonly identify: (stack: Stack) => SuppressedResourceIdentifier;

  /** The name in messages, after the kind of the resource. */
  readonly name: string;

  /** What two suppressions of one check must not have in common, if it is not the name. */
  readonly key?: string;

  /** The pinned version of a policy. */
  readonly version?: string;

  /** The construct that stands for the resource. */
  readonly construct?: IConstruct;
}

/** The kinds of resources in messages. */
const KINDS: Record<AuditResourceType, string> = {
  DEVICE_CERTIFICATE: 'device certificate',
  CA_CERTIFICATE: 'CA certificate',
  IOT_POLICY: 'policy',
  COGNITO_IDENTITY_POOL: 'identity pool',
  CLIENT_ID: 'client id',
  ACCOUNT_SETTINGS: 'account',
  ROLE_ALIAS: 'role alias',
  IAM_ROLE: 'IAM role',
  ISSUER_CERTIFICATE: 'issuer certificate',
};

/**
 * The resource of findings that are accepted. Each check takes one kind of resource.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-finding-suppressions.html
 */
export class SuppressedResource {
  /**
   * A device certificate.
   *
   * @param certificate the certificate; `CfnCertificate.fromCertificateId()` names one that exists
   */
  public static deviceCertificate(certificate: ICertificateRef): SuppressedResource {
    return this.ofDeviceCertificate('deviceCertificate', certificate.certificateRef.certificateId, certificate);
  }

  /**
   * A device certificate.
   *
   * @param certificateId the certificate's id: 64 hexadecimal digits
   * @throws if the id is not one
   */
  public static deviceCertificateId(certificateId: string): SuppressedResource {
    return this.ofDeviceCertificate('deviceCertificateId', certificateId);
  }

  /**
   * A CA certificate that is registered with AWS IoT.
   *
   * @param certificate the certificate; `CfnCACertificate.fromCACertificateId()` names one that exists
   */
  public static caCertificate(certificate: ICACertificateRef): SuppressedResource {
    return this.ofCaCertificate('caCertificate', certificate.caCertificateRef.caCertificateId, certificate);
  }

  /**
   * A CA certificate that is registered with AWS IoT.
   *
   * @param certificateId the certificate's id: 64 hexadecimal digits
   * @throws if the id is not one
   */
  public static caCertificateId(certificateId: string): SuppressedResource {
    return this.ofCaCertificate('caCertificateId', certificateId);
  }

  /**
   * A policy of AWS IoT, in its default version.
   *
   * A new version is suppressed with the deployment that changes the policy's document in the app, and otherwise with
   * the next deployment that changes the suppressions. An audit in between reports it.
   *
   * @param policy the policy; `CfnPolicy.fromPolicyName()` names one that exists
   */
  public static policy(policy: IPolicyRef): SuppressedResource {
    return this.ofPolicy('policy', policy.policyRef.policyName, policy);
  }

  /**
   * A policy of AWS IoT, in its default version.
   *
   * A new version is suppressed with the next deployment that changes the suppressions. An audit in between reports it.
   *
   * @param policyName the policy's name
   * @throws if AWS IoT does not accept the name
   */
  public static policyName(policyName: string): SuppressedResource {
    return this.ofPolicy('policyName', policyName);
  }

  /**
   * One version of a policy of AWS IoT. Every other version counts as soon as it is the default.
   *
   * @param policyName the policy's name
   * @param versionId the number of the version, for example `3`
   * @throws if AWS IoT does not accept the name, or if the version is not a number
   */
  public static policyVersion(policyName: string, versionId: string): SuppressedResource {
    requirePolicyName('SuppressedResource.policyVersion', policyName);
    requirePolicyVersion('SuppressedResource.policyVersion', versionId);
    return new SuppressedResource({
      type: AuditResourceType.IOT_POLICY,
      identify: () => ({ policyVersionIdentifier: { policyName, policyVersionId: versionId } }),
      name: `${policyName} version ${versionId}`,
      key: policyName,
      version: versionId,
    });
  }

  /**
   * A role alias of AWS IoT.
   *
   * @param roleAlias the role alias; `CfnRoleAlias.fromRoleAlias()` names one that exists
   */
  public static roleAlias(roleAlias: IRoleAliasRef): SuppressedResource {
    const { roleAliasArn } = roleAlias.roleAliasRef;
    const name = literalNameOf(roleAlias) ?? roleAlias.roleAliasRef.roleAlias;
    return new SuppressedResource({
      type: AuditResourceType.ROLE_ALIAS,
      identify: () => ({ roleAliasArn }),
      name,
      construct: roleAlias,
    });
  }

  /**
   * A role alias of AWS IoT in the stack's account and region.
   *
   * @param roleAlias the name of the role alias
   * @throws if AWS IoT does not accept the name
   */
  public static roleAliasName(roleAlias: string): SuppressedResource {
    requireRoleAlias('SuppressedResource.roleAliasName', roleAlias);
    return new SuppressedResource({
      type: AuditResourceType.ROLE_ALIAS,
      identify: (stack) => ({
        roleAliasArn: stack.formatArn({ service: 'iot', resource: 'rolealias', resourceName: roleAlias }),
      }),
      name: roleAlias,
    });
  }

  /**
   * An identity pool of Amazon Cognito.
   *
   * @param identityPool the identity pool; `CfnIdentityPool.fromIdentityPoolId()` names one that exists
   */
  public static identityPool(identityPool: IIdentityPoolRef): SuppressedResource {
    return this.ofIdentityPool('identityPool', identityPool.identityPoolRef.identityPoolId, identityPool);
  }

  /**
   * An identity pool of Amazon Cognito.
   *
   * @param identityPoolId the identity pool's id, for example `eu-west-1:11111111-2222-3333-4444-555555555555`
   * @throws if the id is not one
   */
  public static identityPoolId(identityPoolId: string): SuppressedResource {
    return this.ofIdentityPool('identityPoolId', identityPoolId);
  }

  /**
   * A client id of MQTT.
   *
   * @param clientId the client id, which is not empty
   * @throws if it is empty
   */
  public static clientId(clientId: string): SuppressedResource {
    requireText('SuppressedResource.clientId', 'clientId', clientId);
    return new SuppressedResource({
      type: AuditResourceType.CLIENT_ID, identify: () => ({ clientId }), name: clientId,
    });
  }

  /**
   * The stack's account: for checks of its settings, such as `AuditCheck.LOGGING_DISABLED`.
   */
  public static account(): SuppressedResource {
    return new SuppressedResource({
      type: AuditResourceType.ACCOUNT_SETTINGS, identify: () => ({ account: Aws.ACCOUNT_ID }), name: '',
    });
  }

  /**
   * The certificate of an intermediate certificate authority, spelled as findings spell it.
   *
   * @param certificate what identifies it
   * @throws if nothing identifies it, or AWS IoT does not accept a value
   */
  public static issuerCertificate(certificate: SuppressedIssuerCertificate): SuppressedResource {
    requireIssuerCertificate('SuppressedResource.issuerCertificate', certificate);
    const { issuerId, serialNumber, subject } = certificate;
    return new SuppressedResource({
      type: AuditResourceType.ISSUER_CERTIFICATE,
      identify: () => ({
        issuerCertificateIdentifier: {
          issuerCertificateSubject: subject, issuerId, issuerCertificateSerialNumber: serialNumber,
        },
      }),
      name: JSON.stringify({ subject, issuerId, serialNumber }),
    });
  }

  /**
   * An IAM role. No check that this library knows takes one; `AuditCheck.of()` may.
   *
   * @param role the role
   */
  public static iamRole(role: IRoleRef): SuppressedResource {
    const { roleArn } = role.roleRef;
    return new SuppressedResource({
      type: AuditResourceType.IAM_ROLE, identify: () => ({ iamRoleArn: roleArn }), name: roleArn, construct: role,
    });
  }

  private static ofDeviceCertificate(factory: string, id: string, construct?: IConstruct): SuppressedResource {
    const deviceCertificateId = certificateIdOf(`SuppressedResource.${factory}`, id);
    return new SuppressedResource({
      type: AuditResourceType.DEVICE_CERTIFICATE,
      identify: () => ({ deviceCertificateId }),
      name: deviceCertificateId,
      construct,
    });
  }

  private static ofCaCertificate(factory: string, id: string, construct?: IConstruct): SuppressedResource {
    const caCertificateId = certificateIdOf(`SuppressedResource.${factory}`, id);
    return new SuppressedResource({
      type: AuditResourceType.CA_CERTIFICATE,
      identify: () => ({ caCertificateId }),
      name: caCertificateId,
      construct,
    });
  }

  private static ofPolicy(factory: string, policyName: string, construct?: IConstruct): SuppressedResource {
    requirePolicyName(`SuppressedResource.${factory}`, policyName);
    return new SuppressedResource({
      type: AuditResourceType.IOT_POLICY,
      identify: () => ({ policyName }),
      name: (construct && literalNameOf(construct)) ?? policyName,
      construct,
    });
  }

  private static ofIdentityPool(factory: string, id: string, construct?: IConstruct): SuppressedResource {
    requireIdentityPoolId(`SuppressedResource.${factory}`, id);
    return new SuppressedResource({
      type: AuditResourceType.COGNITO_IDENTITY_POOL,
      identify: () => ({ cognitoIdentityPoolId: id }),
      name: id,
      construct,
    });
  }

  private constructor(private readonly details: Details) {}

  /** @internal */
  public get _type(): AuditResourceType {
    return this.details.type;
  }

  /** @internal */
  public get _construct(): IConstruct | undefined {
    return this.details.construct;
  }

  /**
   * The name, if it is known at synth: of a policy in any version, or of a role alias.
   *
   * @internal
   */
  public get _name(): string {
    return this.details.name;
  }

  /** @internal */
  public get _version(): string | undefined {
    return this.details.version;
  }

  /**
   * The resource in messages.
   *
   * @internal
   */
  public get _words(): string {
    const { construct, name, type } = this.details;
    return [KINDS[type], construct?.node.path ?? name].filter(Boolean).join(' ');
  }

  /**
   * What tells resources apart as far as the synth knows, apart from versions of a policy.
   *
   * @internal
   */
  public get _key(): string {
    return JSON.stringify([this.details.type, this.details.key ?? this.details.name]);
  }

  /** @internal */
  public _identify(stack: Stack): SuppressedResourceIdentifier {
    return this.details.identify(stack);
  }

  /**
   * The same resource by the construct that defines it in the stack, if there is one of that name: it must be deployed
   * first.
   *
   * @internal
   */
  public _amongst({ policies, roleAliases }: NamedResources): SuppressedResource {
    const { construct, name, type, version } = this.details;
    if (construct || version !== undefined) return this;
    const policy = type === AuditResourceType.IOT_POLICY ? policies.get(name) : undefined;
    const roleAlias = type === AuditResourceType.ROLE_ALIAS ? roleAliases.get(name) : undefined;
    if (roleAlias) return SuppressedResource.roleAlias(roleAlias);
    return policy ? SuppressedResource.policy(policy) : this;
  }

  /**
   * The digest of what a followed policy permits; undefined if the app does not define it.
   *
   * @internal
   */
  public get _follows(): string | undefined {
    const { construct, type } = this.details;
    return construct && type === AuditResourceType.IOT_POLICY ? digestOfPolicy(construct) : undefined;
  }
}
