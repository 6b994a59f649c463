import { join } from 'path';
import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IRole, Policy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
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

  private readonly function: Function;

  private continuePolicy?: Policy;

  private constructor(scope: Stack, id: string) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new InlinePolicyRole(this, 'Role', {
      description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    this.function = new Function(this, 'Function', {
      description: 'Carries out the custom resources of cdk-iot-fleet-audit',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(__dirname, '..', '..', '..', 'assets', 'fleet-audit.lambda')),
      handler: 'index.handler',
      memorySize: 256,
      timeout: TIMEOUT,
      role: this.role,
      logGroup,
      // The function answers whatever happens; a second try would come on top of an answer.
      retryAttempts: 0,
      maxEventAge: MAXIMUM_EVENT_AGE,
    });
    // Its log, and the journal that keeps it from doing a thing twice.
    this.addToPolicy(new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }));
    // Whether the stack rolls back.
    this.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [scope.stackId] }));
  }

  public get serviceToken(): string {
    return this.function.functionArn;
  }

  public addToPolicy(statement: PolicyStatement): void {
    this.role.addToPrincipalPolicy(statement);
  }

  /**
   * Lets the function go on in a further invocation when its time ends.
   */
  public allowContinuing(): void {
    // A policy of its own, since the function cannot exist before its role.
    this.continuePolicy ??= new Policy(this, 'ContinuePolicy', {
      roles: [this.role],
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] })],
    });
  }
}
