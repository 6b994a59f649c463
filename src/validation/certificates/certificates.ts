import { Certificate, readCertificate, readCertificateRequest } from './certificate';
import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, property, Verdict } from '../finding';
import { existsIn } from '../judged-resource';
import { Resolver } from '../templates/resolver';
import { JsonObject, Resource } from '../templates/template';
import { Unknown } from '../templates/value';

export const DEVICE_CERTIFICATE = 'AWS::IoT::Certificate';
export const CA_CERTIFICATE = 'AWS::IoT::CACertificate';

const PEM_PROPERTY: Readonly<Record<string, string>> = { [DEVICE_CERTIFICATE]: 'CertificatePem', [CA_CERTIFICATE]: 'CACertificatePem' };

/** The statuses in which certificates are audited. */
const AUDITED = ['ACTIVE', 'PENDING_TRANSFER'];

/** What is wrong with a certificate. */
export interface CertificateFault {
  readonly reasonCode: string;
  readonly why: string;
  readonly fix: string;
}

/** What is wrong with a certificate, or why that is not known; `undefined` if nothing is. */
export type CertificateJudgement = CertificateFault | Unknown | undefined;

/** The findings of a check of certificates, from the PEM or the signing request in the template. */
export function findInCertificates(
  check: AuditCheck, type: string, context: CheckContext,
  judge: (certificate: Certificate, resource: Resource, resolver: Resolver) => CertificateJudgement,
): Finding[] {
  return context.fleet.resourcesOfType(type).flatMap((resource): Finding[] => {
    const judged = context.outcomes.each((resolver) => existsIn(resolver, resource)
      ? { judgement: judgementOn(resource, type, resolver, judge) } : undefined)?.filter((result) => result !== undefined);
    if (judged?.length === 0) return [];

    const finding = { check, resource, template: resource.template, locations: [property(pemPropertyOf(resource.properties, type))] };
    const judgements = judged?.map(({ judgement }) => judgement);
    if (judgements?.every((judgement) => judgement === undefined)) return [{ ...finding, verdict: Verdict.COMPLIANT, locations: [], why: '' }];
    if (judgements?.every(isFault)) return [{ ...finding, verdict: Verdict.NON_COMPLIANT, ...judgements[0] }];
    const open = judgements?.find((judgement) => judgement instanceof Unknown);
    return [{ ...finding, verdict: Verdict.UNDECIDED, why: `The certificate depends on ${open?.reason ?? 'conditions that are decided at deployment'}` }];
  });
}

function judgementOn(
  resource: Resource, type: string, resolver: Resolver,
  judge: (certificate: Certificate, resource: Resource, resolver: Resolver) => CertificateJudgement,
): CertificateJudgement {
  const status = resolver.resolve(resource.template, resource.properties.Status);
  if (typeof status === 'string' && !AUDITED.includes(status)) return undefined;
  const certificate = certificateOf(resource, type, resolver);
  const judgement = certificate instanceof Unknown ? certificate : judge(certificate, resource, resolver);
  return isFault(judgement) && typeof status !== 'string' ? new Unknown('the status of the certificate') : judgement;
}

function isFault(judgement: CertificateJudgement): judgement is CertificateFault {
  return judgement !== undefined && !(judgement instanceof Unknown);
}

function pemPropertyOf(properties: JsonObject, type: string): string {
  const pem = PEM_PROPERTY[type];
  return properties[pem] === undefined && type === DEVICE_CERTIFICATE ? 'CertificateSigningRequest' : pem;
}

function certificateOf({ properties, template }: Resource, type: string, resolver: Resolver): Certificate | Unknown {
  const name = pemPropertyOf(properties, type);
  if (properties[name] === undefined) return new Unknown('a certificate that is not in the template');
  const value = resolver.resolve(template, properties[name]);
  return name === 'CertificateSigningRequest' ? readCertificateRequest(value) : readCertificate(value);
}
