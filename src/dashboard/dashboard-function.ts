import { join } from 'node:path';
import { Aws, Duration } from 'aws-cdk-lib';
import { IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FleetAuditFunction, VPC_ACTIONS } from '../function/fleet-audit-function';
import { FleetAuditFunctionOptions } from '../function/fleet-audit-function-options';
import { FunctionCode } from '../function/function-code';
import { defineLogGroup } from '../function/function-log';
import { InlinePolicyRole } from '../private/own-roles';

/** The directory of the bundled code. */
const CODE = join(__dirname, '..', '..', 'assets', 'dashboard', 'handler', 'entry');

/** IAM cannot narrow these to a resource. */
const READ_ACTIONS = ['iot:DescribeAuditTask', 'iot:ListAuditFindings', 'iot:ListAuditTasks'];

/** More than the time that a view may take, so that it is answered in words. */
const TIMEOUT = Duration.seconds(20);

/**
 * The function behind the widget for findings. It is not the stack's one function, because whoever looks at the
 * dashboard must be able to invoke it: it can read audits and write its log, and nothing else.
 */
export class DashboardFunction extends Construct {
  public readonly function: LambdaFunction;
  public readonly logGroup: ILogGroup;
  public readonly role: IRole;

  /**
   * @throws if the stack's synthesizer takes no assets
   */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const options = FleetAuditFunction._optionsFor(scope);
    this.logGroup = defineLogGroup(this, options);
    this.role = this.createRole(options);
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Shows findings of AWS IoT Device Defender Audit on a dashboard',
      runtime: Runtime.NODEJS_24_X,
      architecture: options.architecture ?? Architecture.ARM_64,
      code: new FunctionCode(CODE, scope, 'do without the dashboard'),
      handler: 'index.handler',
      memorySize: 256,
      timeout: TIMEOUT,
      role: this.role,
      logGroup: this.logGroup,
      environment: options.environment,
      environmentEncryption: options.environmentEncryption,
      vpc: options.vpc,
      vpcSubnets: options.vpcSubnets,
      securityGroups: options.securityGroups,
    });
  }

  private createRole({ environmentEncryption, vpc }: FleetAuditFunctionOptions): IRole {
    const role = new InlinePolicyRole(this, 'Role', {
      description: 'Lets the dashboard of cdk-iot-fleet-audit read what audits have found',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn],
    }));
    role.addToPrincipalPolicy(new PolicyStatement({ actions: READ_ACTIONS, resources: ['*'] }));
    if (vpc) {
      role.addToPrincipalPolicy(new PolicyStatement({ actions: VPC_ACTIONS, resources: ['*'] }));
    }
    environmentEncryption?.grantDecrypt(role);
    return role;
  }
}
