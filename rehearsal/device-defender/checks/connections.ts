import type { RelatedResource } from '@aws-sdk/client-iot';
import type { Connection } from '../fleet';
import type { Evaluation, EvaluationContext, NonCompliance } from './rule';

type Window = EvaluationContext['window'];

/** Certificates used for several connections at the same time by different clients. */
export function sharedCertificates({ fleet, window }: EvaluationContext): Evaluation {
  let totalResources = 0;
  const nonCompliances: NonCompliance[] = [];
  for (const { certificateId, connections } of fleet.certificates.values()) {
    const recent = connections.filter((connection) => touches(connection, window));
    if (recent.length === 0) continue;
    totalResources += 1;
    const concurrent = overlapping(
      recent, window, (one, other) => one.clientId !== other.clientId && one.to > other.from,
    );
    if (concurrent.length === 0) continue;
    nonCompliances.push({
      resourceIdentifier: { deviceCertificateId: certificateId },
      reasonCode: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES',
      reason: 'Certificate is used by multiple devices at the same time.',
      relatedResources: concurrent.map((connection): RelatedResource => ({
        resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: connection.clientId },
        additionalInfo: times(connection),
      })),
    });
  }
  return { totalResources, nonCompliances };
}

/** Client ids whose connection was cut by another one with the same id, whatever the certificates. */
export function conflictingClientIds({ fleet, window }: EvaluationContext): Evaluation {
  const byClient = new Map<string, (Connection & { certificateId: string })[]>();
  for (const { certificateId, connections } of fleet.certificates.values()) {
    for (const connection of connections) {
      if (!touches(connection, window)) continue;
      const list = byClient.get(connection.clientId) ?? [];
      list.push({ ...connection, certificateId });
      byClient.set(connection.clientId, list);
    }
  }
  const nonCompliances: NonCompliance[] = [];
  for (const [clientId, connections] of byClient) {
    // The broker ends the older connection when the newer one begins, so equal times are a conflict too.
    const conflicting = overlapping(connections, window, (one, other) => one.to >= other.from);
    if (conflicting.length === 0) continue;
    nonCompliances.push({
      resourceIdentifier: { clientId },
      reasonCode: 'DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS',
      reason: 'Several connections used the same client ID.',
      relatedResources: conflicting.map((connection): RelatedResource => ({
        resourceType: 'DEVICE_CERTIFICATE',
        resourceIdentifier: { deviceCertificateId: connection.certificateId },
        additionalInfo: times(connection),
      })),
    });
  }
  return { totalResources: byClient.size, nonCompliances };
}

function touches({ from, to }: Connection, window: Window): boolean {
  return from <= window.to && to >= window.from;
}

/** The connections that meet another one inside the window; `meets` is asked with the earlier one first. */
function overlapping<C extends Connection>(
  connections: readonly C[], window: Window, meets: (earlier: C, later: C) => boolean,
): C[] {
  const ordered = [...connections].sort((one, other) => one.from - other.from);
  const met = new Set<C>();
  let open: C[] = [];
  for (const connection of ordered) {
    open = open.filter((earlier) => earlier.to >= connection.from);
    for (const earlier of open) {
      const begin = Math.max(connection.from, window.from);
      const end = Math.min(earlier.to, connection.to, window.to);
      if (begin <= end && meets(earlier, connection)) met.add(earlier).add(connection);
    }
    open.push(connection);
  }
  return [...met];
}

/** Findings carry these times, which is documented; the names of the keys are unverified. */
function times({ from, to }: Connection): Record<string, string> {
  return { CONNECTION_TIME: String(from), ...(to === Infinity ? {} : { DISCONNECTION_TIME: String(to) }) };
}
