import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELP } from '../cli/help';
import { IOT_OPERATIONS, KINDS, OTHER_OPERATIONS, SAMPLE_FLEET, UsageError, parseOptions } from '../cli/options';
import { ROUTES } from '../device-defender/routes';
import { SURROUNDING_OPERATIONS } from '../services/surrounding-wire-format';
import { MACHINE_OPERATIONS } from '../step-functions/called-services';

const directory = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
writeFileSync(join(directory, 'manifest.json'), '{}');
writeFileSync(join(directory, 'fleet.json'), '{"things":[{"thingName":"one"}]}');
writeFileSync(join(directory, 'broken.json'), '{');
writeFileSync(join(directory, 'odd.json'), '{"certificates":[{"certificateId":"1"}]}');

afterAll(() => rmSync(directory, { recursive: true }));

test('without arguments, the sample fleet and nothing else', () => {
  expect(parseOptions([])).toEqual({
    help: false,
    app: undefined,
    previous: undefined,
    fleet: expect.objectContaining({ certificates: expect.any(Array) }),
    faults: [],
    answer: 'approve',
    delete: false,
    verbose: false,
    format: 'text',
  });
});

test('with every argument', () => {
  expect(
    parseOptions([
      '--app', 'node app.js', '--previous', directory, '--fleet', join(directory, 'fleet.json'), '--delete',
      '--verbose', '--format', 'json', '--answer', 'decline', '--fault', 'StartOnDemandAuditTask:throttle', '--fault',
      'PutAnswer:dropConnection:2', '--fault', 'DescribeAuditTask:delay=250:always',
    ]),
  ).toEqual({
    help: false,
    app: 'node app.js',
    previous: directory,
    fleet: { things: [{ thingName: 'one' }] },
    faults: [
      { service: 'iot', operation: 'StartOnDemandAuditTask', kind: 'throttle', times: 1, milliseconds: undefined },
      { service: 'other', operation: 'PutAnswer', kind: 'dropConnection', times: 2, milliseconds: undefined },
      { service: 'iot', operation: 'DescribeAuditTask', kind: 'delay', times: Infinity, milliseconds: 250 },
    ],
    answer: 'decline',
    delete: true,
    verbose: true,
    format: 'json',
  });
});

test.each([...Object.keys(ROUTES), ...SURROUNDING_OPERATIONS, ...MACHINE_OPERATIONS])('%s, which is served, can be disturbed', (operation) => {
  expect(parseOptions(['--fault', `${operation}:throttle`]).faults).toMatchObject([
    { operation, kind: 'throttle', times: 1 },
  ]);
});

test.each<[string[], string]>([
  [['--no-such-option'], "Unknown option '--no-such-option'"],
  [['stack'], "Unexpected argument 'stack'"],
  [['--fleet'], "Option '--fleet <value>' argument missing"],
  [['--fleet', 'missing.json'], '--fleet: there is no file missing.json'],
  [['--fleet', directory], `--fleet: there is no file ${directory}`],
  [['--fleet', join(directory, 'broken.json')], 'describes no fleet'],
  [['--fleet', join(directory, 'odd.json')], 'describes no fleet: A certificate id has 64 hexadecimal digits, got: 1'],
  [['--answer', 'maybe'], '--answer: there is no answer maybe; there are approve, decline, none'],
  [['--format', 'xml'], '--format: there is no format xml; there are text, json'],
  [['--previous', 'missing'], '--previous: missing is no directory with a cloud assembly'],
  [
    ['--fault', 'NoSuchOperation:throttle'],
    '--fault NoSuchOperation:throttle: there is no operation NoSuchOperation; there are CancelAuditMitigationActionsTask, CancelAuditTask',
  ],
  [['--fault', 'PutAnswer'], '--fault PutAnswer: there is no kind ""; there are throttle, internalError'],
  [['--fault', 'PutAnswer:explode'], 'there is no kind explode'],
  [['--fault', 'PutAnswer:hang:0'], '0 is no number of times'],
  [['--fault', 'PutAnswer:hang:often'], 'often is no number of times'],
  [['--fault', 'PutAnswer:hang:1.5'], '1.5 is no number of times'],
  [['--fault', 'PutAnswer:hang:1:2'], 'the form is operation:kind[:times]'],
  [['--fault', 'PutAnswer:delay'], 'a delay, and nothing else, needs milliseconds'],
  [['--fault', 'PutAnswer:delay=soon'], 'a delay, and nothing else, needs milliseconds'],
  [['--fault', 'PutAnswer:entryFailure'], '--fault PutAnswer:entryFailure: only PutEvents has entries'],
  [['--fault', 'DescribeAuditTask:entryFailure'], 'only PutEvents has entries'],
  [['--fault', 'PutAnswer:hang=5'], 'a delay, and nothing else, needs milliseconds'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});

test('an entry of PutEvents can fail', () => {
  expect(parseOptions(['--fault', 'PutEvents:entryFailure:2']).faults).toEqual([
    { service: 'other', operation: 'PutEvents', kind: 'entryFailure', times: 2, milliseconds: undefined },
  ]);
});

test('the help names every option, kind of fault and operation, and the sample fleet', () => {
  for (const option of ['app', 'previous', 'fleet', 'fault', 'answer', 'delete', 'verbose', 'format', 'help']) {
    expect(HELP).toContain(`--${option}`);
  }
  for (const name of [...Object.keys(KINDS), ...IOT_OPERATIONS, ...OTHER_OPERATIONS, SAMPLE_FLEET]) {
    expect(HELP).toContain(name);
  }
  expect(HELP.split('\n').filter((line) => line.length > 140)).toEqual([]);
});
