import { Certificate, readCertificate, readCertificateRequest } from './certificate';
import {
  CA_CERTIFICATE_STATUSES, CertificateStatuses, DEVICE_CERTIFICATE_STATUSES, isAudited, isWrong,
} from './certificate-status';
import { CheckRow } from '../../checks/check-table';
import { compliant, Finding, undecided, Verdict } from '../finding';
import { CheckContext } from '../template-check';
import { Resolver } from '../templates/resolver';
import { property, Resource } from '../templates/template';
import { Unknown } from '../templates/value';

/** A type of certificate, and the property that holds its PEM. */
export interface CertificateType {
  readonly type: string;
  readonly pem: string;
  readonly statuses: CertificateStatuses;

  /** The property that may hold a signing request instead. */
  readonly request?: string;
}

export const DEVICE_CERTIFICATE: CertificateType = {
  type: 'AWS::IoT::Certificate',
  pem: 'CertificatePem',
  request: 'CertificateSigningRequest',
  statuses: DEVICE_CERTIFICATE_STATUSES,
};
export const CA_CERTIFICATE: CertificateType = {
  type: 'AWS::IoT::CACertificate', pem: 'CACertificatePem', statuses: CA_CERTIFICATE_STATUSES,
};

/** A fault of a certificate. */
export interface CertificateFault {
  readonly reasonCode: string;
  readonly why: string;
  readonly fix: string;
}

/** The fault of a certificate, or why it is not known; `undefined` if there is none. */
export type CertificateJudgement = CertificateFault | Unknown | undefined;

export type JudgeCertificate = (
  certificate: Certificate, resource: Resource, resolver: Resolver,
) => CertificateJudgement;

/** The findings of a check that judges certificates by the PEM or the signing request in the template. */
export function findInCertificates(
  check: CheckRow, type: CertificateType, { fleet, outcomes }: CheckContext, judge: JudgeCertificate,
): Finding[] {
  return fleet.resourcesOfType(type.type).flatMap((resource): Finding[] => {
    const judgements = outcomes
      .each((resolver) => resolver.exists(resource) ? [judgementOn(resource, type, resolver, judge)] : []).flat();
    if (judgements.length === 0) return [];
    if (judgements.every((judgement) => judgement === undefined)) return [compliant(check, resource)];

    const location = property(propertyOf(resource, type));
    if (judgements.every(isFault)) {
      const { template } = resource;
      return [{ check, resource, template, locations: [location], verdict: Verdict.NON_COMPLIANT, ...judgements[0] }];
    }
    const open = judgements.find((judgement) => judgement instanceof Unknown);
    const reason = open?.reason ?? 'conditions or values that are decided at deployment';
    return [undecided(check, resource, location, `The certificate depends on ${reason}`)];
  });
}

function judgementOn(
  resource: Resource, type: CertificateType, resolver: Resolver, judge: JudgeCertificate,
): CertificateJudgement {
  const status = resolver.resolve(resource.template, resource.properties.Status);
  const audited = isAudited(status, type.statuses);
  if (audited === false) return undefined;
  if (audited instanceof Unknown && isWrong(status, type.statuses)) return audited;
  const certificate = certificateOf(resource, type, resolver);
  const judgement = certificate instanceof Unknown ? certificate : judge(certificate, resource, resolver);
  return isFault(judgement) && audited instanceof Unknown ? audited : judgement;
}

function isFault(judgement: CertificateJudgement): judgement is CertificateFault {
  return judgement !== undefined && !(judgement instanceof Unknown);
}

/** The property that holds the certificate, or else its signing request. */
function propertyOf({ properties }: Resource, { pem, request }: CertificateType): string {
  return properties[pem] === undefined && request !== undefined ? request : pem;
}

function certificateOf(resource: Resource, type: CertificateType, resolver: Resolver): Certificate | Unknown {
  const { properties, template } = resource;
  const name = propertyOf(resource, type);
  if (properties[name] === undefined) return new Unknown('a certificate that is not in the template');
  const value = resolver.resolve(template, properties[name]);
  return name === type.request ? readCertificateRequest(value) : readCertificate(value);
}
