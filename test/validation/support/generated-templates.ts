import { arn } from './findings';
import { SeededRandom } from '../../support/random';

/** Makes templates that are right, wrong, and strange, always the same ones for a seed. */
export class GeneratedTemplates {
  private readonly random: SeededRandom;
  private depth = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /** The text of a template file. */
  next(): string {
    const { random } = this;
    const text = JSON.stringify(this.template());
    if (random.chance(0.02)) return text.slice(0, random.below(text.length));
    return random.chance(0.01) ? this.hostileText() : text;
  }

  private template(): unknown {
    const { random } = this;
    if (random.chance(0.01)) return this.junk();
    const ids = ['A', 'B', 'C', 'D', 'Role', 'Nested', '__proto__', 'constructor'];
    return {
      Parameters: random.chance(0.1) ? this.junk() : {
        P: { Type: random.pick(['String', 'CommaDelimitedList', 'AWS::SSM::Parameter::Value<String>']), Default: '*' },
        Q: this.junk(),
      },
      Conditions: random.chance(0.1) ? this.junk() : {
        C: this.condition(), D: this.condition(), E: { Condition: random.pick(['C', 'D', 'E']) },
      },
      Mappings: random.chance(0.1) ? this.junk() : { M: { a: { b: this.value() } } },
      Resources: random.chance(0.02) ? this.junk()
        : Object.fromEntries(ids.slice(0, 1 + random.below(ids.length)).map((id) => [id, this.resource()])),
      Outputs: { O: { Value: this.value(), Export: { Name: random.pick(['X', 'Y', this.value()]) } }, N: this.junk() },
    };
  }

  private resource(): unknown {
    const { random } = this;
    if (random.chance(0.03)) return this.junk();
    const resource = random.pick<() => [string, object]>([
      () => ['AWS::IoT::Policy', { PolicyDocument: this.document() }],
      () => ['AWS::IoT::Policy', { PolicyDocument: this.document() }],
      () => ['AWS::IoT::ProvisioningTemplate', {
        TemplateBody: this.textOf({
          Parameters: this.junk(),
          Resources: { P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: this.document() } } },
        }),
      }],
      () => ['AWS::IoT::RoleAlias', { RoleArn: random.pick([{ 'Fn::GetAtt': ['Role', 'Arn'] }, this.value()]) }],
      () => ['AWS::IAM::Role', {
        RoleName: this.value(),
        Policies: random.list(2, () => ({ PolicyDocument: this.document() })),
        ManagedPolicyArns: random.list(2, () =>
          random.pick<unknown>(['arn:aws:iam::aws:policy/AdministratorAccess', { Ref: 'A' }, this.value()])),
      }],
      () => ['AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Role' }, this.value()], PolicyDocument: this.document() }],
      () => ['AWS::IAM::Policy', { Roles: this.value(), PolicyDocument: this.document() }],
      () => ['AWS::Cognito::IdentityPoolRoleAttachment', {
        Roles: random.pick<unknown>([{ authenticated: { 'Fn::GetAtt': 'Role.Arn' }, unauthenticated: this.value() },
          this.junk()]),
        RoleMappings: random.pick<unknown>([this.junk(), {
          a: { RulesConfiguration: { Rules: [{ RoleARN: this.value() }] } },
        }]),
      }],
      () => ['AWS::IoT::ThingPrincipalAttachment', { Principal: this.value(), ThingName: this.value() }],
      () => ['AWS::IoT::Logging', { DefaultLogLevel: random.pick<unknown>(['DISABLED', 'INFO', this.value()]) }],
      () => ['AWS::IoT::Certificate', {
        Status: random.pick<unknown>(['ACTIVE', this.value()]),
        CertificatePem: this.value(),
        CertificateSigningRequest: this.value(),
      }],
      () => ['AWS::IoT::CACertificate', {
        Status: 'ACTIVE', CACertificatePem: random.pick<unknown>([
          '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', this.value(),
        ]),
      }],
      () => ['AWS::CloudFormation::Stack', { Parameters: { P: this.value() } }],
    ])();
    return {
      Type: resource[0],
      Properties: random.chance(0.03) ? this.junk() : resource[1],
      Condition: random.chance(0.1) ? random.pick<unknown>(['C', 'D', 'F', 1]) : undefined,
    };
  }

  private document(): unknown {
    const { random } = this;
    if (random.chance(0.05)) return this.value();
    const document = {
      Version: '2012-10-17', Statement: random.chance(0.1) ? this.statement() : random.list(5, () => this.statement()),
    };
    return random.chance(0.3) ? this.textOf(document) : document;
  }

  /** A value as JSON text, as far as a text can hold it. */
  private textOf(value: unknown): unknown {
    const text = JSON.stringify(value) ?? '';
    return this.random.chance(0.3)
      ? { 'Fn::Sub': text }
      : this.random.chance(0.2) ? { 'Fn::Join': ['', [text.slice(0, 40), { Ref: 'P' }, text.slice(40)]] } : text;
  }

  private statement(): unknown {
    const { random } = this;
    if (random.chance(0.04)) return this.junk();
    const statement: Record<string, unknown> = {
      Effect: random.chance(0.05) ? this.value() : random.pick(['Allow', 'Allow', 'Deny']),
      [random.pick(['Action', 'Action', 'NotAction'])]: this.some(() => this.action()),
      [random.pick(['Resource', 'Resource', 'NotResource'])]: this.some(() => this.resourceArn()),
    };
    if (random.chance(0.2)) statement.Condition = this.conditionBlock();
    if (random.chance(0.05)) delete statement[random.pick(Object.keys(statement))];
    return random.chance(0.05)
      ? { 'Fn::If': [random.pick(['C', 'D', 'F']), statement, { Ref: 'AWS::NoValue' }] }
      : statement;
  }

  private some(make: () => unknown): unknown {
    return this.random.chance(0.3) ? make() : this.random.list(4, make);
  }

  private action(): unknown {
    return this.random.chance(0.05) ? this.value() : this.random.pick([
      '*', 'iot:*', 'iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:*Thing*', 'iot:?onnect',
      'IOT:getthingshadow', 'iam:*', 's3:Get*', 'iot:', ':', '*:*', 'iot:CreateThing', 'iot:DescribeThing',
      'iot:RetainPublish',
    ]);
  }

  private resourceArn(): unknown {
    const { random } = this;
    if (random.chance(0.05)) return '*';
    if (random.chance(0.05)) return this.value();
    const segments = random.list(6, () => random.pick(['*', '?', '**', '*?*', 'building', '+', '#', '$aws', 'things',
      'shadow', 'update', '${iot:ClientId}', '${*}', '${', 'a*b?c', '']));
    const resource = `${random.pick(['client', 'topic', 'topicfilter', 'thing', 'rule', '*'])}/${segments.join('/')}`;
    return random.chance(0.1)
      ? { 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:*:${resource.replaceAll('${', '${!')}` }
      : random.chance(0.1) ? `arn:aws:*:${resource}` : arn(resource);
  }

  private conditionBlock(): unknown {
    const { random } = this;
    if (random.chance(0.1)) return this.junk();
    return {
      [random.pick(['Bool', 'StringEquals', 'StringLike', 'StringNotEquals', 'Null', 'ForAnyValue:Bool', 'IpAddress',
        'BoolIfExists'])]: {
        [random.pick(['iot:Connection.Thing.IsAttached', 'iot:ClientId',
          'aws:SourceIp'])]: random.pick<unknown>(['true', 'false', true, ['true', 'x'], '*', this.value(), null]),
      },
    };
  }

  private condition(): unknown {
    const { random } = this;
    if (this.depth > 3) return { Condition: 'C' };
    this.depth++;
    const condition = random.pick<() => unknown>([
      () => ({ 'Fn::Equals': [this.value(), this.value()] }),
      () => ({ 'Fn::Equals': [{ Ref: 'P' }, 'a'] }),
      () => ({ 'Fn::Not': [this.condition()] }),
      () => ({ 'Fn::And': [this.condition(), this.condition()] }),
      () => ({ 'Fn::Or': [this.condition(), { Condition: random.pick(['C', 'D', 'E', 'F']) }] }),
      () => this.junk(),
    ])();
    this.depth--;
    return condition;
  }

  /** A value with functions in it, known and unknown ones. */
  private value(): unknown {
    const { random } = this;
    if (this.depth > 4) return 'deep';
    this.depth++;
    const value = random.pick<() => unknown>([
      () => random.pick(['*', 'a', '', 'arn:aws:iot:eu-west-1:1:client/*', '{{resolve:ssm:x}}', '${P}', '{',
        '\uFDD00\uFDD1']),
      () => ({ Ref: random.pick(['P', 'Q', 'A', 'AWS::Region', 'AWS::NoValue', 'Missing', '__proto__', 'toString']) }),
      () => ({
        'Fn::GetAtt': random.pick<unknown>([['Role', 'Arn'], 'A.Arn', ['Nested', 'Outputs.O'], ['B'], 'x', 5, null]),
      }),
      () => ({
        'Fn::Join': random.pick<unknown>([['', [this.value(), this.value()]], ['-', this.value()],
          [this.value()], 'x']),
      }),
      () => ({
        'Fn::Sub': random.pick<unknown>(['${P}-${!x}-${A.Arn}-${', ['${V}', { V: this.value() }], this.value()]),
      }),
      () => ({ 'Fn::If': [random.pick<unknown>(['C', 'D', 'E', 'F', 1]), this.value(), this.value()] }),
      () => ({ 'Fn::Select': [random.pick<unknown>([0, '1', 'x', this.value()]), this.value()] }),
      () => ({ 'Fn::Split': [random.pick(['', ',', '/']), this.value()] }),
      () => ({ 'Fn::FindInMap': ['M', random.pick<unknown>(['a', this.value()]), 'b'] }),
      () => ({ 'Fn::ImportValue': random.pick<unknown>(['X', 'Y', this.value()]) }),
      () => ({ 'Fn::ToJsonString': this.junk() }),
      () => ({
        [random.pick(['Fn::Base64', 'Fn::Length', 'Fn::Cidr', 'Fn::Unheard', 'Fn::Transform',
          'Condition'])]: this.value(),
      }),
      () => this.junk(),
    ])();
    this.depth--;
    return value;
  }

  private junk(): unknown {
    return this.random.pick<unknown>([null, 0, -1, true, 'text', '', [], {}, [[]], [null], { a: [1, { b: null }] },
      { Ref: 1 }, { 'Fn::If': [] }, { __proto__: 1 }, { toString: 1 }]);
  }

  private hostileText(): string {
    const { random } = this;
    const policy = (document: unknown) => JSON.stringify({
      Resources: { Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document } } },
    });
    const statement = (resource: string) => policy({
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: resource },
        { Effect: 'Deny', Action: 'iot:Subscribe', Resource: resource },
        { Effect: 'Allow', Action: 'iot:*', Resource: '*' },
      ],
    });
    return random.pick([
      () => statement(arn(`topicfilter/${'a*'.repeat(200_000)}`)),
      () => statement(arn(`topicfilter/${'*a'.repeat(900)}`)),
      () => statement(arn(`topicfilter/${'?*/'.repeat(600)}`)),
      () => statement(arn(`topicfilter/${'a/'.repeat(900)}*`)),
      () => policy({
        Statement: Array.from({ length: 60 }, (_, index) => ({
          Effect: index % 2 ? 'Deny' : 'Allow', Action: 'iot:Subscribe', Resource: arn(`topicfilter/${index}/*`),
        })),
      }),
      () => '{"Resources":{"Policy":{"Type":"AWS::IoT::Policy","Properties":{"PolicyDocument":'
        + `${'['.repeat(5_000)}${']'.repeat(5_000)}}}}}`,
      () => policy('{"Statement":'.repeat(2_000)),
    ])();
  }
}
