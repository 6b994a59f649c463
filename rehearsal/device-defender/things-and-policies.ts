import type {
  DescribeCertificateRequest, DescribeThingGroupRequest, GetPolicyRequest, ListPrincipalThingsRequest,
  ListThingGroupsForThingRequest,
} from '@aws-sdk/client-iot';
import { Account, arnOf } from './account';
import type { Handlers } from './operations';
import { pageOf } from './paging';
import { invalidRequest, notFound } from './service-error';

/** The registry and the policies of AWS IoT, as far as whoever judges findings reads them. */
export class ThingsAndPolicies implements Handlers<
  'DescribeCertificate' | 'GetPolicy' | 'ListPrincipalThings' | 'ListThingGroupsForThing' | 'DescribeThingGroup'
> {
  constructor(private readonly account: Account) {}

  /** Answers what is known of a certificate here: its id, its ARN and its status. */
  readonly DescribeCertificate = ({ certificateId }: DescribeCertificateRequest) => {
    const certificate = this.account.fleet.certificates.get(certificateId!);
    if (certificate === undefined) throw notFound(`The certificate ${certificateId} does not exist.`);
    const { status } = certificate;
    return {
      certificateDescription: { certificateId, certificateArn: arnOf(this.account, `cert/${certificateId}`), status },
    };
  };

  /** Answers the document of the default version. */
  readonly GetPolicy = ({ policyName }: GetPolicyRequest) => {
    const policy = this.account.fleet.policies.get(policyName!);
    if (policy === undefined) throw notFound(`The policy ${policyName} does not exist.`);
    const { document } = policy.versions.find(({ versionId }) => versionId === policy.defaultVersionId)!;
    return {
      policyName,
      policyArn: arnOf(this.account, `policy/${policyName}`),
      policyDocument: typeof document === 'string' ? document : JSON.stringify(document),
      defaultVersionId: policy.defaultVersionId,
    };
  };

  /** Certificates are the only principals of a fleet. That an unknown one is not found, not empty, is inferred. */
  readonly ListPrincipalThings = (input: ListPrincipalThingsRequest) => {
    const { principal } = input;
    const id = /^arn:[^:]+:iot:[^:]+:\d{12}:cert\/([0-9a-fA-F]{64})$/.exec(principal!)?.[1];
    if (id === undefined) throw invalidRequest(`The principal ${principal} is not the ARN of a certificate.`);
    const certificate = this.account.fleet.certificates.get(id);
    if (certificate === undefined) throw notFound(`The certificate ${id} does not exist.`);
    const { page, nextToken } = pageOf(`things of ${principal}`, numbered(certificate.things), input);
    return { things: page.map(({ item }) => item), nextToken };
  };

  /** Answers only the groups that a thing is in itself, without those above them. */
  readonly ListThingGroupsForThing = (input: ListThingGroupsForThingRequest) => {
    const groups = this.account.fleet.groupsOfThing.get(input.thingName!);
    if (groups === undefined) throw notFound(`The thing ${input.thingName} does not exist.`);
    const { page, nextToken } = pageOf(`groups of ${input.thingName}`, numbered(groups), input);
    return { thingGroups: page.map(({ item }) => this.nameAndArn(item)), nextToken };
  };

  readonly DescribeThingGroup = ({ thingGroupName }: DescribeThingGroupRequest) => {
    const group = this.account.fleet.thingGroups.get(thingGroupName!);
    if (group === undefined) throw notFound(`The thing group ${thingGroupName} does not exist.`);
    return {
      thingGroupName,
      thingGroupArn: arnOf(this.account, `thinggroup/${thingGroupName}`),
      thingGroupMetadata: {
        parentGroupName: group.parentGroupName,
        rootToParentThingGroups: this.namesAbove(group.parentGroupName).map((name) => this.nameAndArn(name)),
      },
    };
  };

  private nameAndArn(groupName: string) {
    return { groupName, groupArn: arnOf(this.account, `thinggroup/${groupName}`) };
  }

  /** From the root down to the parent. */
  private namesAbove(parent: string | undefined): string[] {
    if (parent === undefined) return [];
    return [...this.namesAbove(this.account.fleet.thingGroups.get(parent)?.parentGroupName), parent];
  }
}

function numbered(items: Iterable<string>) {
  return [...items].map((item, number) => ({ number, item }));
}
