/**
 * Installs the packed library as users do, runs small apps with it and rehearses one, on each Node.js that it supports,
 * and checks templates with it where there is no CDK: npx tsx test/consumers/run.ts <tarball>
 *
 * Node.js comes from npm, whose package `node` holds its binaries. Prints a line for each app and version.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { devDependencies, name as libraryName } from '../../package.json';

const NODE_VERSIONS = ['20', '22', '24'];
const APPS = join(__dirname, 'apps');
const BINARIES = join(__dirname, '..', '..', 'node_modules', '.bin');
const MILLISECONDS_EACH = 60_000;

/** The scripts that npm runs for a package that it installs, or warns of. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

const COMPILER_OPTIONS = { target: 'es2022', strict: true, skipLibCheck: true, types: [] };

/** An app, and how its code is made. */
interface Consumer {
  readonly name: string;
  readonly files: Readonly<Record<string, string | object>>;
  readonly build?: readonly (readonly [command: 'tsc' | 'esbuild', ...options: string[]])[];
  readonly main: string;
}

const CONSUMERS: readonly Consumer[] = [
  { name: 'named imports, .mjs', files: { 'app.mjs': 'named-imports.mjs' }, main: 'app.mjs' },
  { name: 'import * as, .mjs', files: { 'app.mjs': 'namespace.mjs' }, main: 'app.mjs' },
  {
    name: 'named imports, "type": "module"',
    files: { 'app.js': 'named-imports.mjs', 'package.json': { type: 'module' } }, main: 'app.js',
  },
  { name: 'require, CommonJS', files: { 'app.cjs': 'require.cjs' }, main: 'app.cjs' },
  ...['module', 'commonjs'].map((type): Consumer => ({
    name: `TypeScript, module nodenext, "type": "${type}"`,
    files: {
      'app.ts': 'typescript.ts',
      'package.json': { type },
      'tsconfig.json': { compilerOptions: { ...COMPILER_OPTIONS, module: 'nodenext' }, files: ['app.ts'] },
    },
    build: [['tsc', '-p', '.']],
    main: 'app.js',
  })),
  {
    name: 'TypeScript, moduleResolution bundler, esbuild',
    files: {
      'app.ts': 'typescript.ts',
      'tsconfig.json': {
        compilerOptions: { ...COMPILER_OPTIONS, module: 'esnext', moduleResolution: 'bundler', noEmit: true },
        files: ['app.ts'],
      },
    },
    build: [
      ['tsc', '-p', '.'],
      [
        'esbuild', 'app.ts', '--bundle', '--packages=external', '--platform=node', '--format=esm', '--outfile=app.mjs',
        '--log-level=warning',
      ],
    ],
    main: 'app.mjs',
  },
];

/** Options of a rehearsal, its exit code, and what must be in its output. */
const REHEARSALS: readonly (readonly [
  options: readonly string[], code: number, expected: (output: string) => boolean,
])[] = [
  [
    [], 0,
    (output) =>
      /Stack CREATE_COMPLETE\n.* COMPLETED: 3 of 17 checks non-compliant\n.*rehearsal succeeded/s.test(output),
  ],
  [
    ['--fault', 'CreateScheduledAudit:limitExceeded'], 1,
    (output) => /Stack ROLLBACK_COMPLETE\n.*create failed: FleetAudit.DailyAudit .*A limit has been/s.test(output),
  ],
  [['--format', 'json', '--delete'], 0, (output) => JSON.parse(output).audits[0].bySeverity.CRITICAL === 2],
  [['--no-such-option'], 2, (output) => output === ''],
];

/** A policy of AWS IoT, whose statement is in line 6. */
const policy = (resource: string) => `Parameters: { Client: { Type: String } }
Resources:
  Pumps:
    Type: AWS::IoT::Policy
    Properties: { PolicyDocument: { Statement: [
      { Effect: Allow, Action: 'iot:Connect', Resource: ${resource} } ] } }
`;

/** Arguments of `check`, what is piped in, its exit code, and what must be in its output. */
const CHECKS: readonly (readonly [options: readonly string[], input: string, code: number, expected: RegExp])[] = [
  [['open.yaml'], '', 1, /^CRITICAL {2}IOT_POLICY_OVERLY_PERMISSIVE_CHECK\n\n {2}open\.yaml:6 {2}Pumps /],
  [['*.yaml', '--format', 'sarif'], '', 1, /^\{\n {2}"\$schema": .*\n\}\n$/s],
  [
    ['--parameters', 'Client=pump-1', '--logging-enabled-elsewhere'],
    policy('!Sub "arn:aws:iot:eu-west-1:123456789012:client/${Client}"'), 0,
    /\nExit code 0: nothing is non-compliant\n$/,
  ],
  [['missing.json'], '', 2, /\nExit code 2: no template could be read\n$/],
  [['--help'], '', 0, /^Checks CloudFormation templates /],
];

/** Runs a command; answers what it prints, on both streams if `all`. */
function run(command: string, options: readonly string[], cwd: string, all = false): string {
  const { error, status, stderr, stdout } = spawnSync(command, options, {
    cwd, encoding: 'utf8', timeout: MILLISECONDS_EACH,
    env: { ...process.env, NODE_OPTIONS: '', CDK_VALIDATION: 'false' },
  });
  if (error || status !== 0) {
    throw new Error(
      `${[command, ...options].join(' ')}: ${error?.message ?? `ends with ${status}`}\n${stdout}${stderr}`,
    );
  }
  return all ? stdout + stderr : stdout;
}

/**
 * Rehearses an app with `npx`, as its users do; fails unless the exit code and what it prints are the expected ones.
 */
function rehearse(node: string, scratch: string): void {
  const directory = join(scratch, 'rehearsed');
  mkdirSync(directory, { recursive: true });
  cpSync(join(APPS, 'rehearsed.cjs'), join(directory, 'rehearsed.cjs'));
  for (const [options, code, expected] of REHEARSALS) {
    // The app, npx, the command and the functions all run on the Node.js that comes first.
    const env = {
      ...process.env,
      NODE_OPTIONS: '', CDK_VALIDATION: 'false', PATH: [dirname(node), process.env.PATH].join(delimiter),
    };
    const { error, status, stderr, stdout } = spawnSync(
      'npx', ['--no-install', libraryName, 'rehearse', '--app', 'node rehearsed.cjs', ...options],
      {
        cwd: directory, encoding: 'utf8', timeout: 2 * MILLISECONDS_EACH, env,
      },
    );
    if (error || status !== code || !expected(stdout)) {throw new Error(`rehearse ${options.join(' ')}: ends with ${status}, ${error}\n${stdout}${stderr}`);}
  }
}

/** Installs the library alone, without the CDK, and checks templates with `npx`. */
function checkTemplates(nodes: ReadonlyMap<string, string>, tarball: string, directory: string): void {
  writeFileSync(join(directory, 'package.json'), '{}');
  run('npm', ['install', '--no-audit', '--no-fund', '--omit=peer', tarball], directory);
  const installed = readdirSync(join(directory, 'node_modules')).filter((name) => !name.startsWith('.'));
  if (installed.join() !== libraryName) throw new Error(`the command needs ${installed.join()}`);
  writeFileSync(join(directory, 'open.yaml'), policy('"*"'));
  for (const [version, node] of nodes) {
    for (const [options, input, code, expected] of CHECKS) {
      const { error, status, stderr, stdout } = spawnSync('npx', ['--no-install', libraryName, 'check', ...options], {
        cwd: directory, encoding: 'utf8', timeout: MILLISECONDS_EACH, input,
        env: { ...process.env, NODE_OPTIONS: '', PATH: [dirname(node), process.env.PATH].join(delimiter) },
      });
      if (error || status !== code || !expected.test(stdout)) {
        throw new Error(`check ${options.join(' ')}: ends with ${status}, ${error}\n${stdout}${stderr}`);
      }
    }
    console.log(`Node.js ${version}: npx ${libraryName} check, without the CDK`);
  }
}

/** The paths of Node.js by their versions, each in a directory of its own. */
function installNode(scratch: string): Map<string, string> {
  return new Map(NODE_VERSIONS.map((version) => {
    const directory = join(scratch, `node-${version}`);
    mkdirSync(directory);
    writeFileSync(join(directory, 'package.json'), '{}');
    run('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], directory);
    const node = join(directory, 'node_modules', 'node', 'bin', 'node');
    return [run(node, ['--version'], directory).trim(), node];
  }));
}

/** Installs the library beside what it needs; fails if npm has to say anything about it. */
function installLibrary(tarball: string, directory: string): void {
  const peers = (['aws-cdk-lib', 'constructs'] as const).map((peer) => `${peer}@${devDependencies[peer]}`);
  writeFileSync(join(directory, 'package.json'), '{}');
  const said = run('npm', ['install', '--no-audit', '--no-fund', tarball, ...peers], directory, true);
  const { scripts = {} } = JSON.parse(
    readFileSync(join(directory, 'node_modules', libraryName, 'package.json'), 'utf8'),
  );
  const warned = said.split('\n').filter((line) => line.startsWith('npm warn') && line.includes(libraryName));
  const found = [...INSTALL_SCRIPTS.filter((script) => script in scripts), ...warned];
  if (found.length > 0) throw new Error(`installing the package runs scripts, or warns of them:\n${found.join('\n')}`);
  console.log(`npm ${run('npm', ['--version'], directory).trim()} installs it without a script or a warning`);
}

/** Writes an app; answers the file to run. */
function write({ build = [], files, main }: Consumer, directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    if (typeof content === 'string') cpSync(join(APPS, content), join(directory, file));
    else writeFileSync(join(directory, file), JSON.stringify(content));
  }
  for (const [command, ...options] of build) run(join(BINARIES, command), options, directory);
  return join(directory, main);
}

function tryAll(tarball: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'consumers-'));
  // Within the other directory, the CDK would be found.
  const alone = mkdtempSync(join(tmpdir(), 'consumers-'));
  try {
    installLibrary(tarball, scratch);
    const nodes = installNode(scratch);
    const printed = new Set<string>();
    CONSUMERS.forEach((consumer, index) => {
      const app = write(consumer, join(scratch, `app-${index}`));
      for (const [version, node] of nodes) {
        printed.add(run(node, [app], scratch).trim());
        console.log(`Node.js ${version}: ${consumer.name}`);
      }
    });
    for (const [version, node] of nodes) {
      rehearse(node, scratch);
      console.log(`Node.js ${version}: npx ${libraryName} rehearse`);
    }
    checkTemplates(nodes, tarball, alone);
    const [first, ...others] = printed;
    if (others.length > 0) throw new Error(`the apps do not print the same:\n${[first, ...others].join('\n')}`);
    console.log(`each app printed ${first}`);
  } finally {
    for (const directory of [scratch, alone]) rmSync(directory, { recursive: true, force: true });
  }
}

const [, , tarball] = process.argv;
if (!tarball) throw new Error('name the tarball: npx tsx test/consumers/run.ts <tarball>');
tryAll(resolve(tarball));
