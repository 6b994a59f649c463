import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWERING, customResource, inlineFunction } from './running-account';
import type { Template, TemplateResource } from '../../cloudformation/template';

const directories: string[] = [];

/** Writes a cloud assembly with one stack by hand, which is quicker than to synthesize it. */
export function assemblyOf(template: Template, environment = 'aws://unknown-account/unknown-region'): string {
  const directory = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
  directories.push(directory);
  writeFileSync(join(directory, 'Fleet.template.json'), JSON.stringify(template));
  writeFileSync(
    join(directory, 'manifest.json'),
    JSON.stringify({
      version: '36.0.0',
      artifacts: {
        Fleet: { type: 'aws:cloudformation:stack', environment, properties: { templateFile: 'Fleet.template.json' } },
      },
    }),
  );
  return directory;
}

export function removeAssemblies(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

const ROLE = 'arn:aws:iam::123456789012:role/Role';

export const CONFIGURATION: TemplateResource = {
  Type: 'AWS::IoT::AccountAuditConfiguration',
  DeletionPolicy: 'Retain',
  Properties: {
    AccountId: { Ref: 'AWS::AccountId' },
    RoleArn: ROLE,
    AuditCheckConfigurations: {
      DeviceCertificateSharedCheck: { Enabled: true }, IotPolicyOverlyPermissiveCheck: { Enabled: true },
      LoggingDisabledCheck: { Enabled: true },
    },
    AuditNotificationTargetConfigurations: {
      Sns: { Enabled: true, RoleArn: ROLE, TargetArn: 'arn:aws:sns:eu-west-1:123456789012:audits' },
    },
  },
  Metadata: { 'aws:cdk:path': 'Fleet/Audit/Configuration/Resource' },
};

/** A stack with a function that starts an audit. */
export const AUDITING: Template = {
  Resources: {
    Configuration: CONFIGURATION,
    Function: inlineFunction(`${ANSWERING}
      const { IoTClient, StartOnDemandAuditTaskCommand } = require('@aws-sdk/client-iot');
      exports.handler = async (event) => {
        console.log('handling ' + event.RequestType);
        try {
          const targetCheckNames = ['DEVICE_CERTIFICATE_SHARED_CHECK', 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'LOGGING_DISABLED_CHECK'];
          if (event.RequestType === 'Create') await new IoTClient({ maxAttempts: 1 }).send(new StartOnDemandAuditTaskCommand({ targetCheckNames }));
          await answer(event, {});
        } catch (error) {
          await answer(event, { Status: 'FAILED', Reason: error.name });
        }
      };`),
    Audit: customResource({}, { DependsOn: 'Configuration' }),
  },
};
