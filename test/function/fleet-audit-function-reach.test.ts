import {
  App, AppProps, Aspects, IPropertyInjector, InjectionContext, RemovalPolicy, Stack, Tags, Validations,
} from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, FunctionProps, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup, LogGroup, LogGroupClass, LogGroupProps, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CustomResourceConfig } from 'aws-cdk-lib/custom-resources';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IConstruct } from 'constructs';
import { FleetAudit, FleetAuditFunction } from '../../src';
import { ENV, onlyResource } from '../support/templates';

const FUNCTION = 'AWS::Lambda::Function';
const LOGS = 'AWS::Logs::LogGroup';

describe('what an organization applies to all its functions and logs reaches the stack\'s function', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    make();
  });

  function make(props?: AppProps): void {
    app = new App(props);
    stack = new Stack(app, 'Stack', { env: ENV });
    new FleetAudit(stack, 'FleetAudit');
  }

  function visit(visitor: (node: IConstruct) => void): void {
    Aspects.of(app).add({ visit: visitor });
  }

  test('by CustomResourceConfig', () => {
    const config = CustomResourceConfig.of(app);
    config.addLogRetentionLifetime(RetentionDays.TEN_YEARS);
    config.addLambdaRuntime(Runtime.NODEJS_22_X);
    config.addRemovalPolicy(RemovalPolicy.RETAIN);

    expect(onlyResource(stack, LOGS)).toEqual({
      Type: LOGS, Properties: { RetentionInDays: 3653 }, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
    });
    expect(onlyResource(stack, FUNCTION).Properties.Runtime).toBe('nodejs22.x');
  });

  test('by a runtime of another family not at all', () => {
    CustomResourceConfig.of(app).addLambdaRuntime(Runtime.PYTHON_3_13);

    expect(onlyResource(stack, FUNCTION).Properties.Runtime).toBe('nodejs24.x');
  });

  test('by aspects that look for functions and log groups', () => {
    const seen: string[] = [];
    visit((node) => {
      if (node instanceof LambdaFunction || node instanceof LogGroup) seen.push(node.node.path);
    });
    app.synth();

    expect(seen)
      .toEqual(['Stack/CdkIotFleetAuditCustomResources/Logs', 'Stack/CdkIotFleetAuditCustomResources/Function']);
  });

  test('by property injectors, except for what the function cannot do without', () => {
    class Traced implements IPropertyInjector {
      public readonly constructUniqueId = LambdaFunction.PROPERTY_INJECTION_ID;

      public inject(props: FunctionProps, _context: InjectionContext): FunctionProps {
        return { ...props, tracing: Tracing.ACTIVE, environment: { TEAM: 'iot' } };
      }
    }
    class Kept implements IPropertyInjector {
      public readonly constructUniqueId = LogGroup.PROPERTY_INJECTION_ID;

      public inject(props: LogGroupProps, _context: InjectionContext): LogGroupProps {
        return { ...props, retention: RetentionDays.ONE_YEAR };
      }
    }
    make({ propertyInjectors: [new Traced(), new Kept()] });

    const { Properties } = onlyResource(stack, FUNCTION);
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
    expect(Properties.Environment.Variables).toEqual({ STACK_ID: { Ref: 'AWS::StackId' }, TEAM: 'iot' });
    expect(onlyResource(stack, LOGS).Properties).toEqual({ RetentionInDays: 365 });
  });

  test('by a permissions boundary and by tags', () => {
    PermissionsBoundary.of(app).apply(
      ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', 'arn:aws:iam::111111111111:policy/boundary'),
    );
    Tags.of(app).add('team', 'iot');
    app.synth();

    const { role, function: lambdaFunction } = FleetAuditFunction.of(stack);
    const { Resources: resources } = app.synth().getStackByName('Stack').template;
    const [resourceOfRole, resourceOfFunction] = [role, lambdaFunction]
      .map(({ node }) => resources[stack.getLogicalId(node.defaultChild as CfnLogGroup)]);
    expect(resourceOfRole.Properties).toEqual(expect.objectContaining({
      PermissionsBoundary: 'arn:aws:iam::111111111111:policy/boundary', Tags: [{ Key: 'team', Value: 'iot' }],
    }));
    expect(resourceOfFunction.Properties.Tags).toEqual([{ Key: 'team', Value: 'iot' }]);
  });

  test('by an acknowledgement of a finding of the function and nothing else', () => {
    const findings = () => {
      const { violations } = new AwsSolutionsChecks(app).validateScope(app);
      return violations
        .flatMap(({ ruleName, violatingResources = [] }) =>
          violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`))
        .filter((finding) => finding.includes('IAM5')).sort();
    };
    const paths = findings();
    Validations.of(FleetAuditFunction.of(stack)).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]', reason: 'nothing narrower',
    });

    expect(paths).toEqual([
      'AwsSolutions-IAM5[Resource::*] Stack/CdkIotFleetAuditCustomResources/Policies/ReleaseChecks/Resource',
      'AwsSolutions-IAM5[Resource::*] Stack/CdkIotFleetAuditCustomResources/Policies/StartAudit/Resource',
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:us-east-1:111111111111:scheduledaudit/*] '
        + 'Stack/CdkIotFleetAuditCustomResources/Policies/ReleaseChecks/Resource',
    ]);
    expect(findings()).toEqual(paths.slice(2));
  });

  describe('but not with a class of logs that the function cannot read', () => {
    const REFUSED = '[Stack/CdkIotFleetAuditCustomResources] \'logGroupClass\' must be STANDARD: '
      + 'the function reads in its log what it has done, '
      + 'and AWS has no GetLogEvents for another class, got INFREQUENT_ACCESS; '
      + 'exclude Stack/CdkIotFleetAuditCustomResources/Logs from the aspect or property injector that sets the class';

    test('which an aspect sets', () => {
      visit((node) => {
        if (node instanceof CfnLogGroup) node.logGroupClass = LogGroupClass.INFREQUENT_ACCESS;
      });

      expect(() => app.synth()).toThrow(REFUSED);
    });

    test('which a property injector sets', () => {
      make({
        propertyInjectors: [{
          constructUniqueId: LogGroup.PROPERTY_INJECTION_ID,
          inject: (props) => ({ ...props, logGroupClass: LogGroupClass.INFREQUENT_ACCESS }),
        }],
      });

      expect(() => app.synth()).toThrow(REFUSED);
    });

    test('while the standard class may be said', () => {
      visit((node) => {
        if (node instanceof CfnLogGroup) node.logGroupClass = LogGroupClass.STANDARD;
      });

      expect(onlyResource(stack, LOGS).Properties.LogGroupClass).toBe('STANDARD');
    });
  });
});
