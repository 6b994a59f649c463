import { DEVICE_CERTIFICATE } from './certificate-findings';
import { isAudited } from './certificate-status';
import { Resolver } from '../templates/resolver';
import { Atom, display, partsOf, soleAtom, Unknown, Value } from '../templates/value';

/** A region and a UUID, one of which the template may leave open. */
const COGNITO_IDENTITY =
  /^([a-z]{2,}(-[a-z]+)+-\d+:([0-9a-f-]{36}|<[^<>]+>)|<[^<>]+>:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const ARN_OF_ANOTHER_SERVICE = /^arn:[^:]*:(?!iot:)[a-z0-9-]+:/;

/**
 * True if a principal of a thing is a certificate with which devices may connect; an unknown if the template does not
 * tell the status of its certificate. A principal that may be of any kind is taken for one, as most are.
 */
export function isActiveCertificate(principal: Value, resolver: Resolver): boolean | Unknown {
  const last = partsOf(principal)?.at(-1);
  const resource = last instanceof Atom && last.resource ? resolver.fleet.find(last.resource) : undefined;
  if (resource?.type === DEVICE_CERTIFICATE.type) {
    const status = resolver.resolve(resource.template, resource.properties.Status);
    // CloudFormation refuses a certificate without a status.
    return status === undefined || isAudited(status, DEVICE_CERTIFICATE.statuses);
  }
  const isAnotherResource = resource !== undefined && soleAtom(principal) !== undefined;
  const text = display(principal);
  return !isAnotherResource && !COGNITO_IDENTITY.test(text) && !ARN_OF_ANOTHER_SERVICE.test(text);
}
