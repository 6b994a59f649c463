import { AuditCheck } from '../../../src';
import { Verdict } from '../../../src/validation/finding';
import { allow, arn, deny, document, findingsIn, policyTemplate, verdictOn } from '../support/findings';

const check = AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE;
const { COMPLIANT, NON_COMPLIANT, UNDECIDED } = Verdict;

const judged = (...statements: unknown[]) => verdictOn(findingsIn(check, policyTemplate(document(...statements))));

describe('names', () => {
  const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];

  test.each<[string, string, Verdict]>([
    ['iot:Connect', 'client/?*', NON_COMPLIANT],
    ['iot:Connect', 'client/????????', UNDECIDED],
    ['iot:Connect', 'client/*-*', UNDECIDED],
    ['iot:Connect', 'client/*a', UNDECIDED],
    ['iot:Connect', 'client/a*', COMPLIANT],
    ['iot:Connect', 'client/pump-*-north', COMPLIANT],
    ['iot:Connect', 'client/pump-????', COMPLIANT],
    ['iot:Connect', 'client/*:north', UNDECIDED],
    ['iot:Connect', 'client/*-${iot:Connection.Thing.ThingName}', COMPLIANT],
    ['iot:Connect', 'client/${iot:ClientId}*', NON_COMPLIANT],
    ['iot:Connect', 'client/${iot:ClientId, \'x\'}', UNDECIDED],
    ['iot:Connect', 'client/${iot:Connection.Thing.ThingName, \'x\'}', COMPLIANT],
    ['iot:GetThingShadow', 'thing/*-*', UNDECIDED],
    ['iot:GetThingShadow', 'thing/*/config', NON_COMPLIANT],
    ['iot:GetThingShadow', 'thing/MyThing*/config', COMPLIANT],
    ['iot:GetThingShadow', 'thing/*-*/config', UNDECIDED],
    ['iot:UpdateJobExecution', 'thing/*/config', COMPLIANT],
    ['iotjobsdata:UpdateJobExecution', 'thing/*', UNDECIDED],
    ['iotjobsdata:UpdateJobExecution', 'thing/MyThing*', COMPLIANT],
  ])('%s on %s: %s', (action, resource, verdict) => expect(judged(allow(action, arn(resource)))).toBe(verdict));

  test('prefixes of most letters together', () => {
    const [finding] = findingsIn(check, policyTemplate(document(allow('iot:Connect', LETTERS.map((letter) =>
      arn(`client/${letter}*`))))));
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: 'The policy cannot be judged for certain: AWS calls a prefix compliant and does not say whether iot:Connect '
        + 'on names with most letters is',
    });
    expect(judged(allow('iot:Publish', LETTERS.map((letter) => arn(`topic/$aws/things/${letter}*/shadow/update`)))))
      .toBe(UNDECIDED);
    expect(judged(allow('iot:GetThingShadow', LETTERS.slice(0, 9).map((letter) => arn(`thing/${letter}*`)))))
      .toBe(COMPLIANT);
  });

  test('says what AWS leaves open', () => {
    const [finding] = findingsIn(check, policyTemplate(document(allow('iot:Connect', arn('client/????')))));
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: `The policy cannot be judged for certain: AWS does not say whether iot:Connect on ${arn(
        'client/????',
      )} is broad`,
    });
  });
});

describe('topics', () => {
  test.each<[string, Verdict]>([
    ['$aws/things/*/shadow/name/config/update', NON_COMPLIANT],
    ['$aws/things/*/shadow/name/config/*', NON_COMPLIANT],
    ['$aws/things/?*/shadow/name/config/update', NON_COMPLIANT],
    ['$aws/things/*/jobs/job1/update', NON_COMPLIANT],
    ['$aws/*/jobs/job1/update', NON_COMPLIANT],
    ['*/shadow/name/config/update', NON_COMPLIANT],
    ['$aws/things/pump-*/shadow/name/config/update', COMPLIANT],
    // A client id is only as narrow as iot:Connect makes it, of which the policy says nothing.
    ['$aws/things/${iot:ClientId}/shadow/name/config/*', UNDECIDED],
    ['$aws/things/${iot:Connection.Thing.ThingName}/shadow/name/config/*', COMPLIANT],
    ['$aws/things/*-*/shadow/update', UNDECIDED],
    ['$aws/things/????/shadow/update', UNDECIDED],
    ['$aws/things/*/defender/metrics/json', UNDECIDED],
    ['$aws/things/*/streams/*', UNDECIDED],
    ['$aws/things/+/shadow/update', COMPLIANT],
    ['$aws/rules/*', COMPLIANT],
    ['plant/*/x', COMPLIANT],
    ['*/status', COMPLIANT],
    ['*/update', NON_COMPLIANT],
  ])('publishing to %s: %s', (topic, verdict) =>
    expect(judged(allow('iot:Publish', arn(`topic/${topic}`)))).toBe(verdict));

  test.each<[string, Verdict]>([
    ['$aws/things/*/shadow/name/config/update/delta', NON_COMPLIANT],
    ['$aws/things/+/shadow/name/config/update/delta', NON_COMPLIANT],
    ['$aws/things/?/shadow/name/config/update/delta', NON_COMPLIANT],
    ['$aws/things/*/+/update', NON_COMPLIANT],
    ['$aws/things/+/+/name/config/update', NON_COMPLIANT],
    ['$aws/things/+/+/+/config/update', NON_COMPLIANT],
    ['$aws/things/+/+/job1/update', NON_COMPLIANT],
    ['$aws/things/pump-1/+/name/config/update', COMPLIANT],
    ['*ws/+/*-north/shadow/#', UNDECIDED],
    ['$aws/things/*/+/#', NON_COMPLIANT],
    ['$aws/+/*', NON_COMPLIANT],
    ['$aws/+/#', NON_COMPLIANT],
    ['$aws/+/+/shadow/update', NON_COMPLIANT],
    ['*', NON_COMPLIANT],
    ['*/+/shadow/update', NON_COMPLIANT],
    ['$aws/things/pump-1/+/#', COMPLIANT],
    ['$aws/things/+/tunnels/notify', UNDECIDED],
    ['$aws/+/+/tunnels/notify', UNDECIDED],
    ['$aws/things/*/streams/*', UNDECIDED],
    ['$aws/things/*-1/jobs/notify', UNDECIDED],
    ['#', UNDECIDED],
    ['+/#', UNDECIDED],
    ['+/things/+/shadow/update', COMPLIANT],
    ['plant/+/#', COMPLIANT],
  ])('subscribing to %s: %s', (filter, verdict) =>
    expect(judged(allow('iot:Subscribe', arn(`topicfilter/${filter}`)))).toBe(verdict));

  test('Deny takes away what is spelled out', () => {
    expect(judged(allow('iot:Publish', arn('topic/*/shadow/name/config/update')),
      deny('iot:Publish', arn('topic/$aws/*')))).toBe(COMPLIANT);
    expect(judged(allow('iot:Subscribe', arn('topicfilter/$aws/things/*/+/#')),
      deny('iot:Subscribe', arn('topicfilter/$aws/things/*')))).toBe(COMPLIANT);
    expect(judged(allow('iot:Publish', arn('topic/$aws/things/*/shadow/name/config/*')),
      deny('iot:Publish', arn('topic/$aws/things/*/shadow/name/config/get')))).toBe(NON_COMPLIANT);
  });
});

describe('wildcards within partition, region and account', () => {
  test.each([
    'arn:aws*', 'arn:aws:iot:us-*', 'arn:aws:iot:eu-west-1*', 'arn:aws:iot:eu-west-1:1234*',
    'arn:aws:iot:eu-west-1:123456789012*', 'arn:aws:i*',
    'arn:aws:iot:eu-*:client/*', 'arn:*:client/*', '*:client/*', '*client*', 'arn:aws-cn:iot:*:*:client/*',
  ])('%s', (resource) => expect(judged(allow('iot:Connect', resource))).toBe(NON_COMPLIANT));

  test.each(['arn:aws:iot:eu-west-1*:client/pump', 'arn:aws:iot:eu-west-1:client/*', 'arn:aws:s3*',
    'arn:aws:iot:*:thing/*'])('%s says nothing of any client', (resource) => {
    expect(judged(allow('iot:Connect', resource))).toBe(COMPLIANT);
  });

  test('a malformed ARN in a Deny takes nothing away', () => {
    expect(judged(allow('iot:Connect', '*'), deny('iot:Connect', 'arn:aws:iot:eu-west-1:client/*')))
      .toBe(NON_COMPLIANT);
  });

  test.each(['arn:aws:iot:*9012:client/*', '*:123456789012:client/*',
    'arn:aws:*:123456789012:client/*'])('%s may hide anything', (resource) => {
    const [finding] = findingsIn(check, policyTemplate(document(allow('iot:Connect', resource))));
    expect(finding).toMatchObject({
      verdict: UNDECIDED,
      why: `The policy cannot be judged for certain: ${resource}, in which a wildcard hides what belongs to the ARN's `
        + 'region and account',
    });
    expect(judged(allow('iot:Connect', '*'), deny('iot:Connect', resource))).toBe(UNDECIDED);
  });
});
