import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { RequestFailure } from './request-failure';

/** What CloudFormation takes as a physical id. */
const LONGEST_ID = 1024;

/** A record for a physical id, which is the one memory of a custom resource that needs nobody to keep it. */
export function packRecord(record: unknown): string {
  return deflateRawSync(JSON.stringify(record)).toString('base64url');
}

export function unpackRecord(packed: string): unknown {
  return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64url')).toString());
}

/** @throws RequestFailure if the id is too long */
export function requireFittingId(physicalResourceId: string): string {
  if (physicalResourceId.length > LONGEST_ID) {
    throw new RequestFailure(`nothing was changed because what was found does not fit into the ${LONGEST_ID} characters of a physical id; `
      + 'change it to roles and topics with shorter names first');
  }
  return physicalResourceId;
}
