/** A policy of AWS IoT in YAML, as the only one of a template. Its statement begins in line 9. */
export const policyYaml = (resource: string, { name = 'Open', action = 'iot:Connect' } = {}) => `Resources:
  ${name}:
    Type: AWS::IoT::Policy
    Properties:
      PolicyName: pumps
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: ${action}
            Resource: ${resource}
`;

/** Non-compliant, CRITICAL. */
export const OPEN = policyYaml('"*"');

/** Compliant. */
export const CLOSED = policyYaml('arn:aws:iot:eu-west-1:123456789012:client/pump-1', { name: 'Closed' });

/** Undecided without the value of Env. */
export const DEPENDENT = `Parameters:
  Env: { Type: String, Default: prod }
${policyYaml('!Sub "arn:aws:iot:eu-west-1:123456789012:client/${Env}"', { name: 'Dependent' })}`;

/** Non-compliant, LOW. */
export const SILENT = `Resources:
  Logs:
    Type: AWS::IoT::Logging
    Properties:
      AccountId: '123456789012'
      RoleArn: arn:aws:iam::123456789012:role/logs
      DefaultLogLevel: DISABLED
`;

/** A stack within, whose template is not there. */
export const PARENT = `Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://example.com/child.yaml
`;

/** The logs of AWS IoT are enabled elsewhere: else each run has a finding about them. */
export const LOGS = '--logging-enabled-elsewhere';
