import { join } from 'path';
import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IRole, Policy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnEventInvokeConfig, CfnFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { InlinePolicyRole } from '../inline-policy-role';

/** The construct's id in its stack, hence part of logical ids. */
const ID = 'CdkIotFleetAuditCustomResources';

/** Lambda's maximum. */
const TIMEOUT = Duration.minutes(15);

/** An event that Lambda could not deliver by then would act on a deployment that has failed meanwhile. */
const MAXIMUM_EVENT_AGE = Duration.minutes(10);

/**
 * The one function behind the library's custom resources in a stack, on which they depend as a whole.
 *
 * It is made of L1s, since the L2s of functions and log groups take longer at synth than all else in the stack. Their ids are
 * those that the L2s would have.
 *
 * docs/adr/0007-one-function-per-stack.md weighs the design.
 */
export class CustomResourceFunction extends Construct {
  /**
   * How long CloudFormation has to wait for the function when it does its work in one invocation.
   */
  public static readonly LONGEST_ANSWER = Duration.minutes(TIMEOUT.toMinutes() + MAXIMUM_EVENT_AGE.toMinutes());

  /**
   * The function of the stack that the scope is in.
   */
  public static of(scope: Construct): CustomResourceFunction {
    const stack = Stack.of(scope);
    return stack.node.tryFindChild(ID) as CustomResourceFunction | undefined ?? new CustomResourceFunction(stack, ID);
  }

  public readonly role: IRole;

  private readonly function: CfnFunction;

  /** What must be there before the function is called, beside itself. */
  private readonly ready: CfnEventInvokeConfig;

  private readonly policies: Construct;

  private constructor(scope: Stack, id: string) {
    super(scope, id);
    const logGroup = new CfnLogGroup(new Construct(this, 'Logs'), 'Resource', { retentionInDays: RetentionDays.ONE_MONTH });
    logGroup.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.role = new InlinePolicyRole(this, 'Role', {
      description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    this.policies = new Construct(this, 'Policies');
    const scopeOfFunction = new Construct(this, 'Function');
    const code = new Asset(scopeOfFunction, 'Code', {
      path: join(__dirname, '..', '..', '..', 'assets', 'fleet-audit.lambda'), deployTime: true,
    });
    this.function = new CfnFunction(scopeOfFunction, 'Resource', {
      description: 'Carries out the custom resources of cdk-iot-fleet-audit',
      runtime: Runtime.NODEJS_24_X.name,
      architectures: [Architecture.ARM_64.name],
      code: { s3Bucket: code.s3BucketName, s3Key: code.s3ObjectKey },
      handler: 'index.handler',
      memorySize: 256,
      timeout: TIMEOUT.toSeconds(),
      role: this.role.roleArn,
      loggingConfig: { logGroup: logGroup.ref },
      // It believes only events of its own stack.
      environment: { variables: { STACK_ID: scope.stackId } },
    });
    this.function.node.addDependency(this.role);
    code.addResourceMetadata(this.function, 'Code');
    // Nothing refers to it, but an event that is repeated could be answered twice.
    this.ready = new CfnEventInvokeConfig(new Construct(scopeOfFunction, 'EventInvokeConfig'), 'Resource', {
      functionName: this.function.ref,
      qualifier: '$LATEST',
      // The function answers whatever happens; a second try would come on top of an answer.
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: MAXIMUM_EVENT_AGE.toSeconds(),
    });
    // What every request needs, whatever it is about. All else is in policies that live as long as what needs them.
    this.role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'],
      resources: [logGroup.attrArn],
    }));
    this.role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
      resources: [scope.stackId],
    }));
  }

  public get serviceToken(): string {
    return this.function.attrArn;
  }

  /** The permission to go on in a further invocation when the function's time ends. */
  public get continuing(): PolicyStatement {
    return new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.attrArn] });
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
   */
  public permit(purpose: string, statements: PolicyStatement[], policyName = purpose): IDependable {
    // Role.customizeRoles() is in charge, whose report lists the statements.
    if (!this.role.node.defaultChild) {
      statements.forEach((statement) => this.role.addToPrincipalPolicy(statement));
      return this.ready;
    }
    const { policies } = this;
    const policy = policies.node.tryFindChild(purpose) as Policy | undefined
      ?? new Policy(policies, purpose, { policyName, roles: [this.role], statements });
    return new DependencyGroup(this.ready, policy);
  }
}
