import { join } from 'path';
import { AuditCheck, DeviceDefenderChecks } from '../../../src';
import { folderWith, policyInYaml } from '../support/template-files';

test('a broad policy in YAML fails', () => {
  const folder = folderWith({ 'fleet.yaml': `AWSTemplateFormatVersion: 2010-09-09\n${policyInYaml('*')}` });
  const { success, violations } = new DeviceDefenderChecks({ checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE] })
    .checkTemplates(join(folder, 'fleet.yaml'));
  expect(success).toBe(false);
  expect(violations).toHaveLength(1);
});
