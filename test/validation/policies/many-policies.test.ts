import { AuditCheck } from '../../../src';
import { Finding, Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn } from '../support/findings';

const TOO_BROAD = document(
  allow('iot:Publish', arn('topic/$aws/things/*/shadow/update')), deny('iot:Publish', arn('topic/other')),
);

/** Lists of actions that no other policy has: more than are remembered. */
const OTHERS = Array.from({ length: 1_500 }, (_, index) => document(
  deny('iot:Publish', arn('topic/$aws/things/*')), allow([`iot:Publish${index}`, 'iot:Publish'], arn('topic/$aws/things/*')),
));

/** What the check finds, in the order of the policies. */
function findingsOf(documents: readonly object[]): Finding[] {
  const policies = documents.map((PolicyDocument, index) =>
    [`Policy${index}`, { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } }]);
  return findingsIn(AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, { Resources: Object.fromEntries(policies) });
}

describe('a policy among many', () => {
  // The first, since so many lists as others have are not remembered.
  test('does not take one name for a list of names', () => {
    const withActions = (actions: string | string[]) => document(allow(actions, arn('topic/$aws/things/*')));
    const findings = findingsOf([
      withActions('iot:Receive\niot:Publish'), withActions(['iot:Receive', 'iot:Publish']),
    ]);
    expect(findings.map(({ verdict }) => verdict)).toEqual([Verdict.COMPLIANT, Verdict.NON_COMPLIANT]);
  });

  test('is judged the same, however many other lists of actions came before', () => {
    const findings = findingsOf([TOO_BROAD, ...OTHERS, TOO_BROAD]);
    const [first, last] = [findings[0], findings[findings.length - 1]];
    expect(first.verdict).toBe(Verdict.NON_COMPLIANT);
    expect(last.why).toBe(first.why);
    expect(last.resource?.logicalId).toBe('Policy1501');
    expect(findings.slice(1, -1).map(({ verdict }) => verdict)).toEqual(OTHERS.map(() => Verdict.COMPLIANT));
  });

  test('does not take over the statements of one with the same actions', () => {
    const withResource = (resource: string) => document(
      deny('iot:Subscribe', arn('topicfilter/a')), allow(['iot:Publish', 'iot:Receive'], arn(resource)),
    );
    const findings = findingsOf([
      withResource('topic/$aws/things/*'), withResource('topic/${iot:ClientId}'), withResource('topic/$aws/things/*'),
    ]);
    expect(findings.map(({ verdict }) => verdict))
      .toEqual([Verdict.NON_COMPLIANT, expect.not.stringMatching(Verdict.NON_COMPLIANT), Verdict.NON_COMPLIANT]);
  });
});
