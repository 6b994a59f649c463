import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Body } from './support/findings';
import fleet from '../../examples/sample-fleet.json';
import { DeviceDefenderChecks } from '../../src';

interface SampleCertificate {
  readonly certificateId: string;
  readonly status?: string;
  readonly things?: readonly string[];
}

interface LabFleet {
  readonly certificates: readonly SampleCertificate[];
  readonly policies: readonly { readonly policyName: string; readonly document: unknown }[];
  readonly logLevel: string;
}

/** The lab's fleet, which the rehearsal holds, as someone would declare it in a template. */
const LAB: LabFleet = {
  certificates: fleet.certificates,
  policies: fleet.policies.map(({ policyName, versions }) => ({ policyName, document: versions[0].document })),
  logLevel: fleet.logging.disableAllLogs ? 'DISABLED' : 'ERROR',
};

/** The same fleet with the lab's three problems solved. */
const FIXED: LabFleet = {
  certificates: LAB.certificates.flatMap(({ things = [], ...certificate }) =>
    things.map((thing, index) => ({
      ...certificate, certificateId: `${certificate.certificateId}${index || ''}`, things: [thing],
    }))),
  policies: LAB.policies.map(({ policyName }) => ({ policyName, document: LAB.policies[0].document })),
  logLevel: 'ERROR',
};

function template({ certificates, policies, logLevel }: LabFleet): Body {
  const resources: Record<string, unknown> = {
    Logging: {
      Type: 'AWS::IoT::Logging', Properties: {
        AccountId: '123456789012', DefaultLogLevel: logLevel, RoleArn: 'arn:aws:iam::123456789012:role/Logs',
      },
    },
  };
  policies.forEach(({ policyName, document }) => {
    resources[policyName] = {
      Type: 'AWS::IoT::Policy', Properties: { PolicyName: policyName, PolicyDocument: document },
    };
  });
  certificates.forEach(({ certificateId, things = [] }, index) => things.forEach((thing, position) => {
    resources[`Attachment${index}n${position}`] = {
      Type: 'AWS::IoT::ThingPrincipalAttachment',
      Properties: { Principal: `arn:aws:iot:eu-west-1:123456789012:cert/${certificateId}`, ThingName: thing },
    };
  }));
  return { Resources: resources };
}

function check(lab: LabFleet) {
  const file = join(mkdtempSync(join(tmpdir(), 'lab-')), 'fleet.json');
  writeFileSync(file, JSON.stringify(template(lab)));
  const { violations, metadata } = new DeviceDefenderChecks().checkTemplates(file);
  return {
    metadata, found: violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ resourceLogicalId }) => `${ruleName} ${resourceLogicalId}`)),
  };
}

test('finds the planted problems before anything is deployed', () => {
  expect(check(LAB).found).toEqual([
    'DEVICE_CERTIFICATE_SHARED_CHECK Attachment2n0',
    'DEVICE_CERTIFICATE_SHARED_CHECK Attachment2n1',
    'IOT_POLICY_OVERLY_PERMISSIVE_CHECK ValvePolicy',
    'LOGGING_DISABLED_CHECK Logging',
  ]);
});

test('says nothing about the fixed fleet', () => {
  expect(check(FIXED)).toEqual({ found: [], metadata: { compliant: '11', nonCompliant: '0', undecided: '0' } });
});
