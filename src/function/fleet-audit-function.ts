import { ArnFormat, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IRole, Policy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CUSTOM_RESOURCE_RUNTIME_FAMILY, CUSTOM_RESOURCE_SINGLETON_LOG_GROUP } from 'aws-cdk-lib/custom-resources';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { FleetAuditFunctionOptions } from './fleet-audit-function-options';
import { FunctionCode } from './function-code';
import { requireReadableLog } from './readable-log';
import { STACK_ID, validateFunctionOptions } from './validate-function-options';
import { invalidInput } from '../private/invalid-input';
import { InlinePolicyRole } from '../private/own-roles';

/** The construct's id in its stack, hence part of logical ids. */
const ID = 'CdkIotFleetAuditCustomResources';

/** Lambda's maximum. */
const TIMEOUT = Duration.minutes(15);

/** An event that Lambda could not deliver by then would act on a deployment that has failed meanwhile. */
const MAXIMUM_EVENT_AGE = Duration.minutes(10);

/** What Lambda does with a function's role to put it into a VPC, before it can name any resource. */
const VPC_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** The stacks whose function has been configured. */
const configured = new WeakMap<Stack, FleetAuditFunctionOptions>();

/**
 * The one Lambda function of a stack: it carries out the custom resources of this library, whatever they are about.
 *
 * A stack has it as soon as something needs it: an audit at deployment, the removal of a check in one deployment, what
 * is adopted or kept. `FleetAuditFunction.of()` gives it to whoever wants to acknowledge a finding, add an alarm or look
 * at its permissions, `FleetAuditFunction.configure()` puts it into a VPC or encrypts its log.
 *
 * Its construct path is `<stack>/CdkIotFleetAuditCustomResources`, with `Role`, `Function`, `Logs` and `Policies` below.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 *
 * FleetAuditFunction.configure(this, { vpc, logRetention: logs.RetentionDays.ONE_YEAR });
 * new FleetAudit(this, 'FleetAudit');
 * new CfnOutput(this, 'AuditLog', { value: FleetAuditFunction.of(this).logGroup.logGroupName });
 */
export class FleetAuditFunction extends Construct {
  /**
   * How long CloudFormation has to wait for the function when it does its work in one invocation.
   *
   * @internal
   */
  public static readonly _LONGEST_ANSWER = Duration.minutes(TIMEOUT.toMinutes() + MAXIMUM_EVENT_AGE.toMinutes());

  /**
   * The function of a stack, which is made now if nothing has needed it yet.
   *
   * @param scope the stack, or something in it
   * @throws if the stack's synthesizer takes no assets
   */
  public static of(scope: Construct): FleetAuditFunction {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID) as FleetAuditFunction | undefined;
    if (existing) {
      return existing;
    }
    try {
      return new FleetAuditFunction(stack, ID, scope);
    } catch (error) {
      // Not to be taken for a whole one by whoever asks next.
      stack.node.tryRemoveChild(ID);
      throw error;
    }
  }

  /**
   * Says how the function of a stack is made, once it is needed: before the first construct that needs it, and once.
   *
   * @param scope the stack, or something in it
   * @param options what differs from the defaults
   * @throws if the stack has the function already or has been configured; if `vpcSubnets` or `securityGroups` are given
   * without `vpc`, fewer than two concurrent executions, or `STACK_ID` as an environment variable
   */
  public static configure(scope: Construct, options: FleetAuditFunctionOptions): void {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID) as FleetAuditFunction | undefined;
    if (existing || configured.has(stack)) {
      throw invalidInput(scope, {
        property: 'FleetAuditFunction.configure()',
        rule: 'must be called once for a stack, before anything needs the function',
        given: existing ? `a call after ${existing.neededBy.node.path}, which needs it` : 'a second call',
        fix: existing ? 'call it first in the stack' : 'give all options in one call',
      });
    }
    validateFunctionOptions(scope, options);
    configured.set(stack, { ...options });
  }

  /**
   * The function's role. What every request needs is inline; what single custom resources need is in policies beside it.
   */
  public readonly role: IRole;

  /**
   * The function's log, which is also its journal: what it has answered, and what audits have found. That of a stack
   * with a gate stays when the stack is deleted or its creation rolled back.
   */
  public readonly logGroup: ILogGroup;

  /**
   * The function.
   */
  public readonly function: LambdaFunction;

  private readonly inlinePolicyRole: InlinePolicyRole;

  private readonly policies: Construct;

  /** What must be there before the function is called, beside itself. */
  private readonly ready: IDependable;

  private constructor(scope: Stack, id: string, private readonly neededBy: Construct) {
    super(scope, id);
    const options = configured.get(scope) ?? {};
    this.logGroup = this.createLogGroup(options);
    this.role = this.inlinePolicyRole = this.createRole(options);
    this.policies = new Construct(this, 'Policies');
    this.function = this.createFunction(options);
    // Nothing refers to it, but an event that is repeated could be answered twice.
    this.ready = this.function.node.findChild('EventInvokeConfig');
  }

  /** @internal */
  public get _serviceToken(): string {
    return this.function.functionArn;
  }

  /**
   * The permission to go on in a further invocation when the function's time ends.
   *
   * @internal
   */
  public get _continuing(): PolicyStatement {
    return new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] });
  }

  /**
   * Permissions for custom resources, which depend on what is returned: there before they are created, gone after they are
   * deleted.
   *
   * CloudFormation changes a role while it updates or rolls back, and sends deletes in the clean-up afterwards. So what a
   * custom resource needs is no part of the role, but a policy beside it, shared by those with the same purpose.
   *
   * @param purpose stands for the same statements whoever gives it
   * @param statements what is permitted
   * @param policyName unlike any other of the function's
   * @internal
   */
  public _permit(purpose: string, statements: PolicyStatement[], policyName = purpose): IDependable {
    const { inlinePolicyRole: role, policies } = this;
    const existing = policies.node.tryFindChild(purpose);
    if (existing) {
      return new DependencyGroup(this.ready, existing);
    }
    if (!role.isReported) {
      return new DependencyGroup(this.ready, new Policy(policies, purpose, { policyName, roles: [role], statements }));
    }
    // Once, like the policy that is not made.
    new Construct(policies, purpose);
    statements.forEach((statement) => role.addToPrincipalPolicy(statement));
    return this.ready;
  }

  /**
   * Keeps the log when its stack is deleted or its creation rolled back: what a gate has found must stay readable.
   *
   * @internal
   */
  public _keepLog(): void {
    this.logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  private createLogGroup({ logEncryptionKey, logRetention = RetentionDays.ONE_MONTH }: FleetAuditFunctionOptions): LogGroup {
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention, encryptionKey: logEncryptionKey, removalPolicy: RemovalPolicy.DESTROY,
    });
    // As on the log groups of CDK's own custom resources, for CustomResourceConfig.
    logGroup.node.addMetadata(CUSTOM_RESOURCE_SINGLETON_LOG_GROUP, true);
    requireReadableLog(this, logGroup);
    if (logEncryptionKey) {
      this.letLogsUse(logEncryptionKey);
    }
    return logGroup;
  }

  private letLogsUse(key: IKey): void {
    const { region, urlSuffix } = Stack.of(this);
    const logGroups = Stack.of(key).formatArn({
      service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    key.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.${urlSuffix}`)],
      actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }), true);
  }

  private createRole({ environmentEncryption, vpc }: FleetAuditFunctionOptions): InlinePolicyRole {
    const role = new InlinePolicyRole(this, 'Role', {
      description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    // What every request needs, whatever it is about. All else is in policies that live as long as what needs them.
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    }));
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
      resources: [Aws.STACK_ID],
    }));
    if (vpc) {
      role.addToPrincipalPolicy(new PolicyStatement({ actions: VPC_ACTIONS, resources: ['*'] }));
    }
    environmentEncryption?.grantDecrypt(role);
    return role;
  }

  private createFunction(options: FleetAuditFunctionOptions): LambdaFunction {
    const lambdaFunction = new LambdaFunction(this, 'Function', {
      description: 'Carries out the custom resources of cdk-iot-fleet-audit',
      runtime: Runtime.NODEJS_24_X,
      architecture: options.architecture ?? Architecture.ARM_64,
      code: new FunctionCode(this.neededBy),
      handler: 'index.handler',
      memorySize: 256,
      timeout: TIMEOUT,
      role: this.role,
      logGroup: this.logGroup,
      // The function answers whatever happens; a second try would come on top of an answer.
      retryAttempts: 0,
      maxEventAge: MAXIMUM_EVENT_AGE,
      reservedConcurrentExecutions: options.reservedConcurrentExecutions,
      environment: options.environment,
      environmentEncryption: options.environmentEncryption,
      vpc: options.vpc,
      vpcSubnets: options.vpcSubnets,
      securityGroups: options.securityGroups,
    });
    // Whatever a property injector makes of the environment: the function believes events of its own stack alone.
    lambdaFunction.addEnvironment(STACK_ID, Aws.STACK_ID);
    lambdaFunction.node.addMetadata(CUSTOM_RESOURCE_RUNTIME_FAMILY, Runtime.NODEJS_24_X.family);
    return lambdaFunction;
  }
}
