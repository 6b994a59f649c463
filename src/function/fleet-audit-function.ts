import { join } from 'node:path';
import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IRole, Policy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CUSTOM_RESOURCE_RUNTIME_FAMILY } from 'aws-cdk-lib/custom-resources';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { FleetAuditFunctionOptions, STACK_ID, validateFunctionOptions } from './fleet-audit-function-options';
import { FunctionCode } from './function-code';
import { defineFunctionLog } from './function-log';
import { invalidInput } from '../private/invalid-input';
import { InlinePolicyRole } from '../private/own-roles';

/** The construct's id in its stack, hence part of logical ids. */
const ID = 'CdkIotFleetAuditCustomResources';

/** The directory of the bundled code. */
const CODE = join(__dirname, '..', '..', 'assets', 'function', 'runtime', 'entry');

/** The maximum of Lambda. */
const TIMEOUT = Duration.minutes(15);

/** An event that Lambda delivers later would act on a deployment that has failed in the meantime. */
const MAXIMUM_EVENT_AGE = Duration.minutes(10);

/** How to do without the function. */
const WITHOUT = 'do without the function: DeploymentAudit.none(), CheckRemoval.IN_TWO_DEPLOYMENTS, '
  + 'existing: ExistingConfiguration.refuse() or ExistingLogging.refuse(), OverdueAlarm.none(), and neither '
  + 'events of audits nor suppressions';

/** The actions with which Lambda puts a function into a VPC, before it can name any resource. */
export const VPC_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** The stacks whose function has been configured. */
const configured = new WeakMap<Stack, FleetAuditFunctionOptions>();

/** The constructs that were the first to use the configuration of their stack, for a function of their own. */
const usedBy = new WeakMap<Stack, Construct>();

/**
 * The one Lambda function of a stack, which carries out all custom resources of this library and what follows an audit.
 *
 * A stack has it as soon as something needs it: an audit at deployment, the removal of a check in one deployment, a
 * configuration or logging that is adopted or kept, the event of an audit, or the alarm for an overdue one.
 * `FleetAuditFunction.of()` returns it, for example to acknowledge a finding, to add an alarm or to look at its
 * permissions. `FleetAuditFunction.configure()` puts it into a VPC or encrypts its log.
 *
 * Its construct path is `<stack>/CdkIotFleetAuditCustomResources`, with `Role`, `Function`, `Logs` and `Policies`
 * below.
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
   * The longest time that an invocation takes.
   *
   * @internal
   */
  public static readonly _TIMEOUT = TIMEOUT;

  /**
   * The time that CloudFormation has to wait for the function if one invocation does all of its work.
   *
   * @internal
   */
  public static readonly _LONGEST_ANSWER = Duration.minutes(TIMEOUT.toMinutes() + MAXIMUM_EVENT_AGE.toMinutes());

  /**
   * Returns the function of a stack, and defines it first if nothing has needed it yet.
   *
   * @param scope the stack, or a construct in it
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
      // The next caller must not find half a function.
      stack.node.tryRemoveChild(ID);
      throw error;
    }
  }

  /**
   * Configures the function of a stack, and that of its dashboards, which has no reserved concurrency. Call it once for
   * a stack, and before the first construct that needs a function.
   *
   * @param scope the stack, or a construct in it
   * @param options what differs from the defaults
   * @throws if the stack already has the function or has been configured; if `vpcSubnets` or `securityGroups` are given
   * without `vpc`; if fewer than two concurrent executions are given; if `STACK_ID` is given as an environment variable
   */
  public static configure(scope: Construct, options: FleetAuditFunctionOptions): void {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID) as FleetAuditFunction | undefined;
    const neededBy = existing?.neededBy ?? usedBy.get(stack);
    if (neededBy || configured.has(stack)) {
      throw invalidInput(scope, {
        property: 'FleetAuditFunction.configure()',
        rule: 'must be called once for a stack, before anything needs the function',
        given: neededBy ? `a call after ${neededBy.node.path}, which needs it` : 'a second call',
        fix: neededBy ? 'call it first in the stack' : 'give all options in one call',
      });
    }
    validateFunctionOptions(scope, options);
    configured.set(stack, { ...options });
  }

  /**
   * The configuration of the stack, for a construct with a function of its own.
   *
   * @internal
   */
  public static _optionsFor(scope: Construct): FleetAuditFunctionOptions {
    const stack = Stack.of(scope);
    if (!usedBy.has(stack)) usedBy.set(stack, scope);
    return configured.get(stack) ?? {};
  }

  /**
   * The role of the function. The permissions for every request are inline; those for single custom resources, and for
   * what follows an audit, are in policies of their own.
   */
  public readonly role: IRole;

  /**
   * The log of the function, which is also its journal: its answers, what audits have found, and their events. In a
   * stack with a gate it stays when the stack is deleted or its creation is rolled back.
   */
  public readonly logGroup: ILogGroup;

  /**
   * The function.
   */
  public readonly function: LambdaFunction;

  private readonly inlinePolicyRole: InlinePolicyRole;

  private readonly policies: Construct;

  /** The resource, other than the function, that must exist before the function is called. */
  private readonly ready: IDependable;

  private constructor(scope: Stack, id: string, private readonly neededBy: Construct) {
    super(scope, id);
    const options = configured.get(scope) ?? {};
    this.logGroup = defineFunctionLog(this, options);
    this.role = this.inlinePolicyRole = this.createRole(options);
    this.policies = new Construct(this, 'Policies');
    this.function = this.createFunction(options);
    // Nothing refers to it, but without it a repeated event could be answered twice.
    this.ready = this.function.node.findChild('EventInvokeConfig');
  }

  /** @internal */
  public get _serviceToken(): string {
    return this.function.functionArn;
  }

  /**
   * The permission to continue in another invocation when the time of one ends.
   *
   * @internal
   */
  public get _continuing(): PolicyStatement {
    return new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] });
  }

  /**
   * Permits the function what custom resources, or messages, need. What needs it must depend on what is returned, so
   * that the permissions exist before it is created, and until it is deleted.
   *
   * CloudFormation changes a role while it updates or rolls back, and sends deletes in the clean-up afterwards. So
   * these permissions are not in the role, but in policies, each shared by the custom resources with the same purpose.
   *
   * @param purpose the policy's id; the same purpose always has the same statements
   * @param statements the permissions
   * @param policyName the policy's name, unique among those of the function
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
    // Marks the purpose, so that the statements are added once.
    new Construct(policies, purpose);
    statements.forEach((statement) => role.addToPrincipalPolicy(statement));
    return this.ready;
  }

  /**
   * Keeps the log when its stack is deleted or its creation is rolled back, so that what a gate has found stays
   * readable.
   *
   * @internal
   */
  public _keepLog(): void {
    this.logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  private createRole({ environmentEncryption, vpc }: FleetAuditFunctionOptions): InlinePolicyRole {
    const role = new InlinePolicyRole(this, 'Role', {
      description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    // Every request needs these. All other permissions are in policies that live as long as what needs them.
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
      code: new FunctionCode(CODE, this.neededBy, WITHOUT),
      handler: 'index.handler',
      memorySize: 256,
      timeout: TIMEOUT,
      role: this.role,
      logGroup: this.logGroup,
      // The function answers whatever happens, so a retry would answer a second time.
      retryAttempts: 0,
      maxEventAge: MAXIMUM_EVENT_AGE,
      reservedConcurrentExecutions: options.reservedConcurrentExecutions,
      environment: options.environment,
      environmentEncryption: options.environmentEncryption,
      vpc: options.vpc,
      vpcSubnets: options.vpcSubnets,
      securityGroups: options.securityGroups,
    });
    // Added here, so that no property injector can drop it: the function accepts events of its own stack only.
    lambdaFunction.addEnvironment(STACK_ID, Aws.STACK_ID);
    lambdaFunction.node.addMetadata(CUSTOM_RESOURCE_RUNTIME_FAMILY, Runtime.NODEJS_24_X.family);
    return lambdaFunction;
  }
}
