import { ListRelatedResourcesForAuditFindingCommand } from '@aws-sdk/client-iot';
import { certificateIdOf } from './exceptions';
import { AuditReader, LARGEST_PAGE } from '../../function/runtime/audit-reader';

/** Ids of the device certificates that a finding about an issuer certificate stands for. */
export async function *certificatesBehind(reader: AuditReader, findingId: string): AsyncGenerator<string> {
  const related = reader.pages(async (nextToken) => {
    const page = await reader.ask((iot, options) => iot.send(new ListRelatedResourcesForAuditFindingCommand({
      findingId, maxResults: LARGEST_PAGE, nextToken,
    }), options));
    return { items: page.relatedResources, nextToken: page.nextToken };
  });
  for await (const { resourceIdentifier = {} } of related) {
    const id = certificateIdOf(resourceIdentifier);
    if (id !== undefined) {
      yield id;
    }
  }
}
