import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBConnection, DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AUDITED_DAYS, auditsOf, CHECKS, Episode, episodes, FAILED_CHECK, FAILED_DAYS, seenBy } from './generated-audits';
import { FleetAudit } from '../../src';
import { SAVED_QUERIES } from '../../src/monitoring/archive-queries';
import { ENV } from '../support/templates';
import { ArchiveEnvironment, BUCKET, DAY } from './handler/archive-environment';

/** The engine's types for those of Hive. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR', timestamp: 'TIMESTAMP', boolean: 'BOOLEAN', bigint: 'BIGINT',
};

const AUDIT_ROLE = 'arn:aws:iam::123456789012:role/AuditRole';

type Result = Readonly<Record<string, unknown>>;

let directory: string;
let connection: DuckDBConnection;
let template: Template;
/** The start of the first audit, in milliseconds since 1970. */
let firstAudit: number;


/**
 * Audits the fleet of generated findings for 90 days, up to today, archives each audit with the function's own code,
 * and opens the files with an engine, as the tables of the template describe them.
 */
beforeAll(async () => {
  const log = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  directory = mkdtempSync(join(tmpdir(), 'archive-queries-'));
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  const [{ today }] = await ask('SELECT CAST(current_date AS VARCHAR) AS today');
  const account = await ArchiveEnvironment.start(CHECKS);
  firstAudit = Date.parse(`${String(today)}T03:00:00Z`) - (AUDITED_DAYS - 1) * DAY;
  account.env.time.pass(firstAudit - account.env.time.now());
  for (let day = 0; day < AUDITED_DAYS; day++) {
    account.env.time.pass(firstAudit + day * DAY - account.env.time.now());
    for (const episode of episodes) applyChanges(account, episode, day);
    account.env.iot.fleet.restorePermissions(AUDIT_ROLE);
    if (FAILED_DAYS.includes(day)) account.env.iot.fleet.denyPermissions(AUDIT_ROLE, FAILED_CHECK);
    await account.archive(account.audit());
  }
  for (const { key, body } of account.env.services.buckets.objectsOf(BUCKET)) {
    mkdirSync(dirname(join(directory, key)), { recursive: true });
    writeFileSync(join(directory, key), body);
  }
  log.mockRestore();
  await account.stop();
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  new FleetAudit(stack, 'FleetAudit').archiveFindings();
  template = Template.fromStack(stack);
  await defineTables();
}, 300_000);

afterAll(() => {
  connection.closeSync();
  rmSync(directory, { recursive: true });
});

function applyChanges(account: ArchiveEnvironment, episode: Episode, day: number): void {
  const { finding, from, until, suppressedFrom } = episode;
  if (day === from) account.plant(finding);
  if (day === until) account.repair(finding);
  if (day === suppressedFrom) account.suppress(finding.checkName, finding.resourceIdentifier);
}

/** Views with the columns and partitions that the template declares. */
async function defineTables(): Promise<void> {
  for (const { Properties: { TableInput: table } } of Object.values(template.findResources('AWS::Glue::Table'))) {
    const { Name: name, Parameters: parameters, PartitionKeys: [partition], StorageDescriptor: { Columns } } = table;
    const files = parameters['storage.location.template']['Fn::Join'][1].at(-1).replace(`\${${partition.Name}}`, '*');
    const columns = Columns.map((column: { Name: string; Type: string }) => `${column.Name}: '${TYPES[column.Type]}'`);
    await connection.run(`CREATE VIEW ${name} AS SELECT * FROM read_json('${directory}${files}/*.json.gz',
      format = 'newline_delimited', columns = {${columns.join()}}, hive_partitioning = true,
      hive_types = {'${partition.Name}': ${TYPES[partition.Type]}})`);
  }
}

async function ask(sql: string, parameters: string[] = []): Promise<Result[]> {
  return (await connection.runAndReadAll(sql, parameters, parameters.map(() => VARCHAR))).getRowObjectsJson();
}

function sqlOf(name: string): string {
  const [query] = Object.values(template.findResources('AWS::Athena::NamedQuery', { Properties: { Name: name } }));
  return query.Properties.QueryString;
}

/** The time of an audit, as the engine writes it. */
function timeOf(day: number): string {
  return new Date(firstAudit + day * DAY).toISOString().slice(0, 19).replace('T', ' ');
}

/** The numbers of files that a query reads of each table, by the plan of the engine. */
async function filesRead(sql: string, parameters: string[] = []): Promise<number[]> {
  const plan = JSON.stringify(await ask(`EXPLAIN ANALYZE ${sql}`, parameters));
  return [...plan.matchAll(/Total Files Read[^0-9]*([0-9]+)/g)].map(([, read]) => Number(read))
    .sort((one, other) => one - other);
}

/** A span of audits one after the other that report a finding, by the numbers of their days. */
interface Span {
  readonly checkName: string;
  readonly resourceId: string;
  readonly severity: string;
  readonly first: number;
  readonly last: number;
  /** The next audit of the check, which does not report it. */
  readonly gone: number | undefined;
  readonly isSuppressed: boolean;
}

/** The spans of a resource: what is to be expected of the queries, found out in another way. */
function spansOf(own: readonly Episode[]): Span[] {
  const [{ finding: { checkName }, resourceId, severity }] = own;
  const seen = new Set(own.flatMap(seenBy));
  const suppressedFrom = Math.min(...own.map((episode) => episode.suppressedFrom ?? Infinity));
  const audits = auditsOf(checkName);
  return audits.filter((day, index) => seen.has(day) && !seen.has(audits[index - 1])).map((first) => {
    const gone = audits.find((day) => day > first && !seen.has(day));
    const last = audits.filter((day) => seen.has(day) && day < (gone ?? Infinity)).at(-1)!;
    return { checkName, resourceId, severity, first, last, gone, isSuppressed: last >= suppressedFrom };
  });
}

function expectedSpans(): Span[] {
  const byResource = new Map<string, Episode[]>();
  for (const episode of episodes) {
    const key = `${episode.finding.checkName} ${episode.resourceId}`;
    byResource.set(key, [...byResource.get(key) ?? [], episode]);
  }
  return [...byResource.values()].flatMap(spansOf);
}

function sorted(rows: readonly string[]): string[] {
  return [...rows].sort();
}

function daysOf({ first, last, gone }: Span): number {
  return (gone ?? last) - first;
}

test('the audits are as many, and as varied, as the following tests need', () => {
  const spans = expectedSpans();

  expect(spans.length).toBeGreaterThan(150);
  expect(spans.filter(({ gone }) => gone === undefined).length).toBeGreaterThan(30);
  expect(spans.filter(({ isSuppressed }) => isSuppressed).length).toBeGreaterThan(5);
  expect(spans.length).toBeGreaterThan(new Set(spans.map(({ checkName, resourceId }) => checkName + resourceId)).size);
});

test('OpenFindings lists what the last audit of each check found and nobody suppressed, the worst first', async () => {
  const rows = await ask(sqlOf('OpenFindings'));

  expect(sorted(rows.map(({ severity, check_name: check, resource_id: id }) => `${severity} ${check} ${id}`)))
    .toEqual(sorted(expectedSpans().filter(({ gone, isSuppressed }) => gone === undefined && !isSuppressed)
      .map(({ severity, checkName, resourceId }) => `${severity} ${checkName} ${resourceId}`)));
  // The last audit could not carry out one of the checks.
  expect(rows.filter((row) => row.check_name === FAILED_CHECK).every(({ finding_time: time }) =>
    String(time) < timeOf(AUDITED_DAYS - 1))).toBe(true);
  const ranks = rows.map(({ severity }) => ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'].indexOf(String(severity)));
  expect(ranks).toEqual([...ranks].sort());
});

test('NewFindingsSince lists what came, or came back, since a day', async () => {
  const since = 70;

  const rows = await ask(sqlOf('NewFindingsSince'), [timeOf(since).slice(0, 10)]);

  expect(sorted(rows.map(({ check_name: check, resource_id: id, first_seen: first, gone }) =>
    `${check} ${id} ${first} ${gone}`)))
    .toEqual(sorted(expectedSpans().filter(({ first }) => first >= since)
      .map(({ checkName, resourceId, first, gone }) =>
        `${checkName} ${resourceId} ${timeOf(first)} ${gone === undefined ? null : timeOf(gone)}`)));
});

test('TimeOpen tells how long each finding was open, also if it came back', async () => {
  const rows = await ask(sqlOf('TimeOpen'));

  expect(sorted(rows.map((row) =>
    `${row.check_name} ${row.resource_id} ${row.first_seen} ${row.days} ${row.is_open} ${row.is_suppressed}`)))
    .toEqual(sorted(expectedSpans().map((span) => `${span.checkName} ${span.resourceId} ${timeOf(span.first)} `
      + `${daysOf(span)} ${span.gone === undefined} ${span.isSuppressed}`)));
});

test('MeanTimeToRepair tells it for each check, without what was suppressed in the end', async () => {
  const rows = await ask(sqlOf('MeanTimeToRepair'));

  const expected = CHECKS.map((checkName) => {
    const counted = expectedSpans().filter((span) => span.checkName === checkName && !span.isSuppressed);
    const repaired = counted.filter(({ gone }) => gone !== undefined).map(daysOf);
    return {
      check_name: checkName, severity: counted[0].severity,
      mean_days: Math.round(repaired.reduce((sum, days) => sum + days, 0) / repaired.length * 10) / 10,
      longest_days: Math.max(...repaired), repaired: String(repaired.length),
      still_open: String(counted.length - repaired.length),
    };
  });
  expect(rows).toHaveLength(expected.length);
  expect(rows).toEqual(expect.arrayContaining(expected));
});

test('CertificateHistory tells all that was said of a certificate, the latest first', async () => {
  const { finding: { resourceIdentifier } } = episodes.find(({ finding, suppressedFrom }) =>
    suppressedFrom !== undefined && finding.resourceIdentifier.deviceCertificateId)!;
  const id = resourceIdentifier.deviceCertificateId!;
  const own = episodes.filter(({ resourceId }) => resourceId === id);

  const rows = await ask(sqlOf('CertificateHistory'), [id]);

  expect(rows.map(({ task_start_time: time, is_suppressed: isSuppressed }) => `${time} ${isSuppressed}`)).toEqual(
    own.flatMap((episode) => seenBy(episode).map((day) =>
      `${timeOf(day)} ${day >= (episode.suppressedFrom ?? Infinity)}`)).sort().reverse());
});

/** PRINT_FIGURES=1 prints the numbers. There is one file of checks for each day, and so for each partition. */
test('the query about today reads no file that is older than the audits of every schedule, others read all', async () => {
  const oldest = `day=${timeOf(AUDITED_DAYS - 1 - 33).slice(0, 10)}`;
  const filesOf = (table: string) => readdirSync(join(directory, table))
    .flatMap((folder) => readdirSync(join(directory, table, folder)).map((file) => `${folder}/${file}`));
  const [checks, findings] = ['checks', 'findings'].map(filesOf);
  const recent = [checks, findings].map((files) => files.filter((file) => file >= oldest).length);
  const certificate = episodes.find(({ finding }) => finding.resourceIdentifier.deviceCertificateId)!;
  const parameters: Readonly<Record<string, string[]>> = {
    NewFindingsSince: [timeOf(AUDITED_DAYS - 7).slice(0, 10)], CertificateHistory: [certificate.resourceId],
  };

  const read: Record<string, number[]> = {};
  for (const { name, sql } of SAVED_QUERIES) {
    read[name] = await filesRead(sql, parameters[name]);
    if (process.env.PRINT_FIGURES) {
      const { length } = await ask(sql, parameters[name]);
      process.stderr.write(`${name}: ${length} rows, files read: ${read[name].join(', ')}\n`);
    }
  }

  expect(recent[1]).toBeLessThan(findings.length / 2);
  const all = [checks.length, findings.length];
  expect(read).toEqual({
    OpenFindings: recent, NewFindingsSince: all, TimeOpen: all, MeanTimeToRepair: all,
    CertificateHistory: [findings.length],
  });
});
