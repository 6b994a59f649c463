import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BaseCredentials, RefactorResult, Toolkit } from '@aws-cdk/toolkit-lib';
import { App, Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { PATH_METADATA_ENABLE_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { DeploymentAudit, ExistingConfiguration, ExistingLogging, FleetAudit, Logging, Mitigation } from '../src';
import { ACCOUNT, ENV, REGION } from './support/templates';

interface Template {
  readonly Resources: Record<string, { readonly Metadata: Record<string, string> }>;
}

type Templates = Record<string, Template>;

/** What is deployed, as far as `cdk refactor` asks for it, over HTTP on the loopback interface. */
class DeployedStacks {
  static async start(): Promise<DeployedStacks> {
    const stacks = new DeployedStacks();
    await new Promise<void>((resolve, reject) => {
      stacks.http.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return stacks;
  }

  templates: Templates = {};
  private readonly http: Server;

  private constructor() {
    this.http = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => { body += chunk; }).on('end', () => {
        const query = new URLSearchParams(body);
        const action = query.get('Action')!;
        const result = this.perform(action, query);
        response.writeHead(result === undefined ? 400 : 200, { 'content-type': 'text/xml' });
        response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
      });
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private perform(action: string, query: URLSearchParams): string | undefined {
    switch (action) {
      case 'GetCallerIdentity': return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:root</Arn>`;
      case 'ListStacks': return `<StackSummaries>${Object.keys(this.templates)
        .map((name) => `<member><StackName>${name}</StackName>`
        + `<StackId>arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${name}/0</StackId><StackStatus>CREATE_COMPLETE</StackStatus>`
        + '<CreationTime>2026-01-01T00:00:00Z</CreationTime></member>').join('')}</StackSummaries>`;
      case 'GetTemplate': return `<TemplateBody><![CDATA[${JSON.stringify(
        this.templates[query.get('StackName')!],
      )}]]></TemplateBody>`;
      default: return undefined;
    }
  }
}

/** The construct's id in its stack. */
const FUNCTION = 'CdkIotFleetAuditCustomResources';

/** Where an app has what is refactored. */
interface Place {
  readonly stack: 'Fleet' | 'Security';
  readonly within?: string;
  readonly id: string;
}

type Define = (scope: Construct, id: string) => void;

/** An app of two stacks, both of which hold something else, since CDK refactors no stack that is new or gone. */
function synthesize(define: Define, { stack: name, within, id }: Place) {
  // The command line asks for the paths of constructs.
  const app = new App({ context: { [PATH_METADATA_ENABLE_CONTEXT]: true } });
  for (const stackName of ['Fleet', 'Security']) {
    const stack = new Stack(app, stackName, { env: ENV });
    new CfnTopic(stack, 'Topic', { displayName: stackName });
    if (stackName === name) define(within ? new Construct(stack, within) : stack, id);
  }
  const assembly = app.synth();
  const templates: Templates = Object.fromEntries(
    assembly.stacks.map(({ stackName, template }) => [stackName, template]),
  );
  return { directory: assembly.directory, templates };
}

/** What `cdk refactor` has to find: all that lies in another place, the function with its stack. */
function movesOf(templates: Templates, from: Place, to: Place): Record<string, string> {
  const path = ({ stack, within, id }: Place) => [stack, ...within ? [within] : [], id].join('/');
  const paths = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources)).map(
    ({ Metadata }) => Metadata['aws:cdk:path'],
  );
  return moved(paths.map((source) => [source, source.startsWith(path(from))
    ? path(to) + source.slice(path(from).length)
    : source.replace(`${from.stack}/${FUNCTION}/`, `${to.stack}/${FUNCTION}/`)]));
}

/** The ids of policies for passing a role end with a hash of its logical id. */
function moved(paths: [source: string, destination: string][]): Record<string, string> {
  const withoutHash = (path: string) => path.replace(/(?<=\/Pass\w*Role\d*)[0-9a-f]{8}\//, '/');
  return Object.fromEntries(
    paths.map((each) => each.map(withoutHash)).filter(([source, destination]) => source !== destination),
  );
}

describe('cdk refactor', () => {
  const environment = { ...process.env };
  let deployed: DeployedStacks;

  beforeAll(async () => {
    deployed = await DeployedStacks.start();
    process.env.AWS_ENDPOINT_URL = deployed.endpoint;
    // Where it would remember the account of these credentials.
    process.env.CDK_HOME = process.env.TMPDIR;
  });

  afterAll(async () => {
    process.env = environment;
    await deployed.stop();
  });

  /** What `cdk refactor --dry-run` would do, or why it does nothing. */
  async function refactor(templates: Templates, directory: string) {
    deployed.templates = templates;
    const results: { refusal?: string; moves?: Record<string, string>; ambiguous?: unknown } = {};
    const toolkit = new Toolkit({
      unstableFeatures: ['refactor'],
      sdkConfig: {
        baseCredentials: BaseCredentials.custom({
          provider: async () => ({ accessKeyId: 'none', secretAccessKey: 'none' }), region: REGION,
        }),
      },
      ioHost: {
        notify: async ({ code, data, message }) => {
          if (code === 'CDK_TOOLKIT_E8900') results.refusal = message;
          if (code !== 'CDK_TOOLKIT_I8900') return;
          const { typedMappings, ambiguousPaths } = data as RefactorResult;
          results.moves = moved(typedMappings!.map(({ sourcePath, destinationPath }) => [sourcePath, destinationPath]));
          results.ambiguous = ambiguousPaths;
        },
        requestResponse: async ({ defaultResponse }) => defaultResponse,
      },
    });
    await toolkit.refactor(await toolkit.fromAssemblyDirectory(directory), { dryRun: true });
    return results;
  }

  const DEPLOYED: Place = { stack: 'Fleet', id: 'Audit' };

  describe.each<[string, Define]>([
    ['the default FleetAudit', (scope, id) => { new FleetAudit(scope, id); }],
    [
      'one that waits',
      (scope, id) => { new FleetAudit(scope, id, { deploymentAudit: DeploymentAudit.waitForCompletion() }); },
    ],
    ['one that is a gate', (scope, id) => { new FleetAudit(scope, id, { deploymentAudit: DeploymentAudit.gate() }); }],
    ['one that adopts', (scope, id) => { new FleetAudit(scope, id, { existing: ExistingConfiguration.adopt() }); }],
    ['one with a mitigation action', (scope, id) => {
      new FleetAudit(scope, id).addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
    }],
    ['one beside logging', (scope, id) => {
      new FleetAudit(scope, id);
      new Logging(scope, `${id}Logging`, { existing: ExistingLogging.keep() });
    }],
  ])('moves %s', (_, define) => {
    // CDK lists dependencies by their paths, and to `cdk refactor` another order is another resource. The path of the
    // function comes after the paths of what is deployed here, and before those of the last two places.
    test.each<[string, Place]>([
      ['under another id', { stack: 'Fleet', id: 'Auditing' }],
      ['into another construct', { stack: 'Fleet', within: 'Alarms', id: 'Audit' }],
      ['under an id that follows the function\'s', { stack: 'Fleet', id: 'FleetAudit' }],
      ['into another stack', { stack: 'Security', id: 'FleetAudit' }],
    ])('%s', async (__, place) => {
      const before = synthesize(define, DEPLOYED);
      const after = synthesize(define, place);

      expect(await refactor(before.templates, after.directory)).toEqual({
        moves: movesOf(before.templates, DEPLOYED, place),
      });
    });
  });
});
