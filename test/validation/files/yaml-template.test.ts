import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';

const directory = mkdtempSync(join(tmpdir(), 'yaml-'));

const YAML = `AWSTemplateFormatVersion: 2010-09-09
Resources:
  Policy:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: iot:Connect
            Resource: !Sub 'arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:client/*'
`;

test('a broad policy in YAML fails', () => {
  const file = join(directory, 'fleet.yaml');
  writeFileSync(file, YAML);
  const { success, violations } = new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE] })
    .checkTemplates(file);
  expect(success).toBe(false);
  expect(violations).toHaveLength(1);
});
