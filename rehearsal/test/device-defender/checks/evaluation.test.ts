import { CHECKS, CheckName, checksOfRegion } from '../../../device-defender/checks/check-catalog';
import { evaluate } from '../../../device-defender/checks/evaluation';
import { Evaluation, EvaluationContext } from '../../../device-defender/checks/rule';
import { Fleet, FleetDescription, PlantedFinding } from '../../../device-defender/fleet';
import { certificateId } from '../../support/running-stand-in';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function run(check: CheckName, fleet: FleetDescription, more: Partial<EvaluationContext> = {}): Evaluation {
  return evaluate(check, {
    fleet: new Fleet(fleet, NOW),
    accountId: '123456789012',
    now: NOW,
    window: { from: NOW - 31 * DAY, to: NOW - 2 * HOUR },
    thresholdDays: 30,
    ...more,
  });
}

/** Numbers of the certificates found, with the reason codes. */
const found = ({ nonCompliances }: Evaluation) => nonCompliances.map(({ resourceIdentifier, reasonCode }) =>
  [Number.parseInt((resourceIdentifier.deviceCertificateId ?? resourceIdentifier.caCertificateId)!, 16), reasonCode]);

test('the catalogue has 17 checks: 9 critical, 1 high, 5 medium, 2 low', () => {
  const severities = Object.values(CHECKS).map(({ severity }) => severity);
  const count = (severity: string) => severities.filter((one) => one === severity).length;
  expect(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'].map(count)).toEqual([9, 1, 5, 2]);
  expect(checksOfRegion('us-east-1')).toHaveLength(17);
});

test.each(Object.keys(CHECKS) as CheckName[])('%s finds nothing in an empty fleet, logging aside', (check) => {
  const none = check === 'LOGGING_DISABLED_CHECK' ? 1 : 0;
  expect(run(check, {})).toMatchObject({ totalResources: none, nonCompliances: { length: none } });
});

test.each(Object.keys(CHECKS) as CheckName[])(
  '%s reports what is planted for it, with its first reason code',
  (check) => {
    const key = CHECKS[check].identifierKey;
    const planted = {
      checkName: check, resourceIdentifier: { [key]: 'planted' } as PlantedFinding['resourceIdentifier'],
    };
    const logging = { roleArn: 'arn:aws:iam::123456789012:role/Logging' };
    const { nonCompliances } = run(check, { logging, plantedFindings: [planted, { ...planted, reasonCode: 'OTHER' }] });
    expect(nonCompliances.map(({ reasonCode }) => reasonCode)).toEqual([CHECKS[check].reasonCodes[0], 'OTHER']);
  },
);

test('planted findings go away with what they are about', () => {
  const plantedFindings: PlantedFinding[] = [
    {
      checkName: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', resourceIdentifier: { deviceCertificateId: certificateId(1) },
    },
    {
      checkName: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', resourceIdentifier: { deviceCertificateId: certificateId(2) },
    },
    { checkName: 'CA_CERTIFICATE_KEY_QUALITY_CHECK', resourceIdentifier: { caCertificateId: certificateId(3) } },
    {
      checkName: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
      resourceIdentifier: { policyVersionIdentifier: { policyName: 'P', policyVersionId: '1' } },
    },
  ];
  const fleet: FleetDescription = {
    plantedFindings,
    certificates: [{ certificateId: certificateId(1) }, { certificateId: certificateId(2), status: 'INACTIVE' }],
    caCertificates: [{ certificateId: certificateId(3), status: 'INACTIVE' }],
    policies: [
      {
        policyName: 'P',
        versions: [
          { versionId: '1', document: {} }, { versionId: '2', document: {} },
        ],
        defaultVersionId: '2',
      },
    ],
  };
  expect(found(run('DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', fleet))).toEqual([
    [1, CHECKS.DEVICE_CERTIFICATE_KEY_QUALITY_CHECK.reasonCodes[0]],
  ]);
  expect(run('CA_CERTIFICATE_KEY_QUALITY_CHECK', fleet).nonCompliances).toEqual([]);
  expect(run('IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK', fleet).nonCompliances).toEqual([]);
});

describe('validity of certificates', () => {
  test('device certificates expire within the threshold, if in use', () => {
    const fleet: FleetDescription = {
      certificates: [
        { certificateId: certificateId(1), notAfter: '+90d' },
        { certificateId: certificateId(2), notAfter: '+90.1d' },
        { certificateId: certificateId(3), notAfter: '-1s' },
        { certificateId: certificateId(4), notAfter: '+1d', status: 'INACTIVE' },
        { certificateId: certificateId(5), notAfter: '2026-03-02T00:00:00Z', status: 'PENDING_TRANSFER' },
        { certificateId: certificateId(6) },
      ],
    };
    const evaluation = run('DEVICE_CERTIFICATE_EXPIRING_CHECK', fleet, { thresholdDays: 90 });
    expect(evaluation.totalResources).toBe(5);
    expect(found(evaluation)).toEqual([
      [1, 'CERTIFICATE_APPROACHING_EXPIRATION'], [3, 'CERTIFICATE_PAST_EXPIRATION'],
      [5, 'CERTIFICATE_APPROACHING_EXPIRATION'],
    ]);
  });

  test('CA certificates expire within 30 days, whatever the threshold', () => {
    const caCertificates = [
      { certificateId: certificateId(1), notAfter: '+30d' }, { certificateId: certificateId(2), notAfter: '+31d' },
    ];
    expect(found(run('CA_CERTIFICATE_EXPIRING_CHECK', { caCertificates }, { thresholdDays: 90 }))).toEqual([
      [1, 'CERTIFICATE_APPROACHING_EXPIRATION'],
    ]);
  });

  test('device certificates are too old from the threshold on, counted from activation', () => {
    const certificates = [
      { certificateId: certificateId(1), activatedAt: '-365d' },
      { certificateId: certificateId(2), activatedAt: '-364d', createdAt: '-400d' },
      { certificateId: certificateId(3), createdAt: '-400d' },
      { certificateId: certificateId(4), createdAt: '-400d', status: 'REVOKED' as const },
    ];
    expect(found(run('DEVICE_CERTIFICATE_AGE_CHECK', { certificates }, { thresholdDays: 365 }))).toEqual([
      [1, 'CERTIFICATE_PAST_AGE_THRESHOLD'], [3, 'CERTIFICATE_PAST_AGE_THRESHOLD'],
    ]);
  });

  test('revoked certificates still in use are found, of devices and of CAs', () => {
    const one = { certificateId: certificateId(1) };
    const two = { certificateId: certificateId(2), status: 'INACTIVE' as const };
    const certificates = [
      { ...one, revokedByCa: true }, { ...two, revokedByCa: true }, { certificateId: certificateId(3) },
    ];
    const caCertificates = [
      { ...one, revokedByIssuer: true }, { ...two, revokedByIssuer: true }, { certificateId: certificateId(3) },
    ];
    const expected = [[1, 'CERTIFICATE_REVOKED_BY_ISSUER']];
    expect(found(run('REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK', { certificates }))).toEqual(expected);
    expect(found(run('REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK', { caCertificates }))).toEqual(expected);
  });
});

describe('connections', () => {
  type Connections = NonNullable<NonNullable<FleetDescription['certificates']>[number]['connections']>;
  const shared = (...connections: Connections) =>
    run('DEVICE_CERTIFICATE_SHARED_CHECK', { certificates: [{ certificateId: certificateId(1), connections }] });

  test.each<[string, number, Connections]>([
    [
      'two clients at the same time', 1,
      [
        { clientId: 'a', from: '-3d', to: '-1d' }, { clientId: 'b', from: '-2d', to: '-1d' },
      ],
    ],
    [
      'two clients still connected', 1,
      [
        { clientId: 'a', from: '-3d' }, { clientId: 'b', from: '-2d' },
      ],
    ],
    [
      'two clients one after the other', 0,
      [
        { clientId: 'a', from: '-3d', to: '-2d' }, { clientId: 'b', from: '-2d', to: '-1d' },
      ],
    ],
    [
      'one client twice', 0,
      [
        { clientId: 'a', from: '-3d', to: '-1d' }, { clientId: 'a', from: '-2d', to: '-1d' },
      ],
    ],
    [
      'before the window', 0,
      [
        { clientId: 'a', from: '-40d', to: '-32d' }, { clientId: 'b', from: '-39d', to: '-31.1d' },
      ],
    ],
    [
      'in the last two hours', 0,
      [
        { clientId: 'a', from: '-3d' }, { clientId: 'b', from: '-1h' },
      ],
    ],
  ])('a certificate used by %s: %i finding', (_what, count, connections) => {
    expect(shared(...connections).nonCompliances).toHaveLength(count);
  });

  test('a shared certificate is reported with its clients and their times', () => {
    const { totalResources, nonCompliances } = shared(
      { clientId: 'a', from: NOW - DAY }, { clientId: 'b', from: NOW - DAY + 1, to: NOW - 3 * HOUR },
    );
    expect(totalResources).toBe(1);
    expect(nonCompliances).toMatchObject([
      {
        resourceIdentifier: { deviceCertificateId: certificateId(1) },
        reasonCode: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES',
        relatedResources: [
          {
            resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: 'a' },
            additionalInfo: { CONNECTION_TIME: String(NOW - DAY) },
          },
          {
            resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: 'b' },
            additionalInfo: { DISCONNECTION_TIME: String(NOW - 3 * HOUR) },
          },
        ],
      },
    ]);
  });

  test('a client knocked off by another with its id is found, across certificates', () => {
    const evaluation = run('CONFLICTING_CLIENT_IDS_CHECK', {
      certificates: [
        {
          certificateId: certificateId(1),
          connections: [
            { clientId: 'twin', from: '-3d', to: '-2d' }, { clientId: 'calm', from: '-3d', to: '-2d' },
          ],
        },
        {
          certificateId: certificateId(2),
          connections: [
            { clientId: 'twin', from: '-2d', to: '-1d' }, { clientId: 'calm', from: '-1.9d', to: '-1d' },
          ],
        },
      ],
    });
    expect(evaluation.totalResources).toBe(2);
    expect(evaluation.nonCompliances).toMatchObject([{
      resourceIdentifier: { clientId: 'twin' },
      reasonCode: 'DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS',
      relatedResources: [{ resourceType: 'DEVICE_CERTIFICATE' }, { resourceType: 'DEVICE_CERTIFICATE' }],
    }]);
  });
});

test.each<[string, FleetDescription['logging'], number]>([
  ['never set', undefined, 1],
  ['with a role', { roleArn: 'arn', defaultLogLevel: 'ERROR' }, 0],
  ['switched off', { roleArn: 'arn', defaultLogLevel: 'ERROR', disableAllLogs: true }, 1],
  ['at level DISABLED', { roleArn: 'arn', defaultLogLevel: 'DISABLED' }, 1],
])('logging %s', (_what, logging, count) => {
  const { totalResources, nonCompliances } = run('LOGGING_DISABLED_CHECK', { logging });
  expect([totalResources, nonCompliances.length]).toEqual([1, count]);
});

describe('policies', () => {
  const ARN = 'arn:aws:iot:eu-west-1:123456789012:';
  const THING = '${iot:Connection.Thing.ThingName}';
  const statement = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
    Effect: 'Allow', Action, Resource,
    ...more,
  });
  const broadActions = (...Statement: object[]) => {
    const policies = [
      { policyName: 'P', versions: [{ versionId: '1', document: { Version: '2012-10-17', Statement } }] },
    ];
    const [finding] = run('IOT_POLICY_OVERLY_PERMISSIVE_CHECK', { policies }).nonCompliances;
    return finding === undefined ? [] : /\[(.*)\]/.exec(finding.reason)![1].split(', ');
  };

  // The examples of the service's documentation.
  test.each<[string, string]>([
    ['iot:Connect', 'client/*'],
    ['iot:Connect', 'client/${iot:ClientId}'],
    ['iot:Publish', 'topic/$aws/things/*/shadow/update'],
    ['iot:Publish', 'topic/$aws/things/*'],
    ['iot:Subscribe', 'topicfilter/$aws/things/*'],
    ['iot:Subscribe', 'topicfilter/$aws/things/#'],
    ['iot:Subscribe', 'topicfilter/$aws/things/+/shadow/update'],
    ['iot:GetThingShadow', 'thing/*'],
    ['iot:UpdateJobExecution', 'thing/*'],
  ])('%s on %s is broad', (action, resource) => {
    expect(broadActions(statement(action, ARN + resource))).toEqual([action]);
  });

  test.each<[string, string, object?]>([
    ['iot:Connect', `client/${THING}`, { Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } } }],
    ['iot:Connect', 'client/${iot:ClientId}', { Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } }],
    ['iot:Publish', `topic/$aws/things/${THING}/shadow/*`],
    ['iot:Subscribe', `topicfilter/$aws/things/${THING}/shadow/*`],
    ['iot:Subscribe', `topicfilter/$aws/things/${THING}/jobs/*`],
    ['iot:Receive', 'topic/$aws/things/*'],
    ['iot:GetThingShadow', 'thing/MyThing1'],
    ['iot:GetThingShadow', 'thing/MyThing*'],
  ])('%s on %s is not broad', (...[action, resource, more]) => {
    expect(broadActions(statement(action, ARN + resource, more))).toEqual([]);
  });

  test('wildcards in actions and resources count for every action they cover', () => {
    expect(broadActions(statement('iot:*', '*'))).toHaveLength(10);
    expect(broadActions(statement('*', `${ARN}*`))).toHaveLength(10);
    expect(broadActions(statement(['iot:Sub*', 'iot:receive'], ['*', `${ARN}topic/x`]))).toEqual(['iot:Subscribe']);
    expect(broadActions({ ...statement('iot:*', '*'), Effect: 'Deny' })).toEqual([]);
  });

  test('only the default version counts; a document may be text', () => {
    const broad = JSON.stringify({ Statement: statement('iot:Connect', '*') });
    const versions = [{ versionId: '1', document: broad }, { versionId: '2', document: {} }];
    const evaluate1 = run('IOT_POLICY_OVERLY_PERMISSIVE_CHECK', { policies: [{ policyName: 'P', versions }] });
    expect(evaluate1).toMatchObject({
      totalResources: 1,
      nonCompliances: [{ resourceIdentifier: { policyVersionIdentifier: { policyName: 'P', policyVersionId: '1' } } }],
    });
    const evaluate2 = run('IOT_POLICY_OVERLY_PERMISSIVE_CHECK', {
      policies: [{ policyName: 'P', versions, defaultVersionId: '2' }],
    });
    expect(evaluate2.nonCompliances).toEqual([]);
  });
});

test.each<[FleetDescription, string]>([
  [{ certificates: [{ certificateId: 'short' }] }, '64 hexadecimal digits'],
  [{ caCertificates: [{ certificateId: 'short' }] }, '64 hexadecimal digits'],
  [{ policies: [{ policyName: 'P', versions: [] }] }, 'needs a version'],
  [{ certificates: [{ certificateId: certificateId(1), notAfter: 'soon' }] }, 'Not a time: soon'],
])('a fleet that cannot be is refused: %j', (fleet, message) => {
  expect(() => new Fleet(fleet, NOW)).toThrow(message);
});
