import { CONFLICTING, SHARED, WidgetEnvironment, certificate, linkOf, rowsOf } from './widget-environment';
import { elementsOf, textOf } from './widget-html';
import type { FaultKind } from '../../../rehearsal/device-defender/faults';
import { captureLog } from '../../support/function-log';

const TASK = '0123456789abcdef0123456789abcdef';

const THROTTLED = 'AWS IoT gets too many requests from this account at the moment. Refresh the widget in a minute.';
const SILENT = 'AWS IoT does not answer at the moment. Refresh the widget in a minute.';
const UNKNOWN_PAGE = 'AWS IoT does not know this page any more.';

const denied = (action: string) => `The function behind the widget may not call ${action}. Its role allows it, so look for `
  + 'a permissions boundary or a service control policy that denies it.';

/** Each fault of AWS, and the words for it. */
const FAULTS: [kind: FaultKind, words: (action: string) => string][] = [
  ['throttle', () => THROTTLED],
  ['internalError', () => SILENT],
  ['serviceUnavailable', () => SILENT],
  ['dropConnection', () => SILENT],
  ['dropAfterEffect', () => SILENT],
  ['hang', () => SILENT],
  ['accessDenied', denied],
  ['limitExceeded', (action) => `AWS IoT has refused ${action} (LimitExceededException).`],
  ['invalidRequest', () => UNKNOWN_PAGE],
];

/** What a dashboard asks for, with the calls that it takes. */
const VIEWS: [view: string, operations: string[]][] = [
  ['the first page', ['ListAuditTasks', 'DescribeAuditTask', 'ListAuditFindings']],
  ['the next page', ['DescribeAuditTask', 'ListAuditFindings']],
  ['the history', ['ListAuditFindings']],
];

const CASES = VIEWS.flatMap(([view, operations]) => operations.flatMap((operation) =>
  FAULTS.map(([kind, words]) => [view, operation, kind, words(`iot:${operation}`)] as const)));

describe('the widget, if something fails', () => {
  const log = captureLog();
  let env: WidgetEnvironment;
  let views: Record<string, object>;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(number)));
    env.audit();
    const widget = await env.look();
    views = {
      'the first page': {},
      'the next page': linkOf(widget, 'Next page'),
      'the history': linkOf(widget, `"${certificate(0)}"`),
    };
    env.forget();
  });

  afterEach(() => env.stop());

  test.each(CASES)('shows %s in words although %s always fails: %s', async (view, operation, kind, words) => {
    env.iot.faults.add({ operation: operation as never, kind, times: Infinity });
    const began = env.time.now();
    const widget = await env.look(views[view]);

    expect(textOf(widget)).toContain(words);
    expect(textOf(widget)).toContain('Request 8c2f7f52-9d29-4a0f-a5c7-111111111111 in the log group Dashboard-Logs');
    expect(linkOf(widget, 'Show the first page')).toEqual({ findings: { shown: 'open' } });
    expect(elementsOf(widget).length).toBeGreaterThan(3);
    expect(widget).not.toMatch(/\bat .*\.(ts|js)|Exception:|node_modules/);
    // Lambda gives the function 20 seconds.
    expect(env.time.now() - began).toBeLessThan(20_000);
    expect(log.messages).toContain('not shown');
    expect(log.lines.find((line) => line.includes('not shown'))).toContain(`"action":"iot:${operation}"`);
  });

  test.each(VIEWS.flatMap(([view, operations]) => operations.flatMap((operation) =>
    ['throttle', 'internalError', 'dropConnection', 'hang'].map((kind) => [view, operation, kind]))))(
    'shows %s although %s fails once: %s', async (view, operation, kind) => {
      const sound = await env.look(views[view]);
      env.forget();
      env.iot.faults.add({ operation: operation as never, kind: kind as FaultKind });

      expect(await env.look(views[view])).toBe(sound);
    });

  test('keeps what the audits say of their checks if the findings cannot be read', async () => {
    env.iot.faults.add({ operation: 'ListAuditFindings', kind: 'accessDenied', times: Infinity });
    const widget = await env.look();

    expect(textOf(widget)).toContain('30 non-compliant resourcesCRITICAL 30');
    expect(textOf(widget)).toContain('Last audits');
    expect(rowsOf(widget)).toEqual([]);
  });

  test('believes a denial at once', async () => {
    env.iot.faults.add({ operation: 'ListAuditTasks', kind: 'accessDenied', times: Infinity });

    await expect(env.callsDuring(() => env.look())).resolves.toEqual(['ListAuditTasks']);
  });

  test('leaves out an audit that is deleted between the list and its description', async () => {
    env.iot.faults.add({ operation: 'DescribeAuditTask', kind: 'notFound' });

    expect(textOf(await env.look())).toContain('No audit has ended yet');
  });

  test('shows what a slow search has found in time', async () => {
    for (let number = 0; number < 20; number++) {
      env.iot.ask('StartOnDemandAuditTask', { targetCheckNames: [CONFLICTING] });
      env.time.pass(70_000);
    }
    env.iot.faults.add({ operation: 'DescribeAuditTask', kind: 'throttle', times: 8 });
    const began = env.time.now();
    const widget = await env.look();

    expect(env.time.now() - began).toBeLessThan(13_000);
    expect(textOf(widget)).toMatch(/so many audits|gets too many requests/);
  });
});

describe('the widget, if it is asked for something odd', () => {
  captureLog();
  let env: WidgetEnvironment;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
    env.plant(SHARED, certificate(1));
    env.audit();
  });

  afterEach(() => env.stop());

  const from = { audits: [TASK], check: SHARED, before: 20 };
  const NOT_UNDERSTOOD: [string, object][] = [
    ['a filter that there is not', { findings: { shown: 'none' } }],
    ['a check that is no text', { findings: { check: { $ne: 1 } } }],
    ['a check with markup', { findings: { check: '<script>' } }],
    ['a page without audits', { findings: { from: { ...from, audits: [] } } }],
    ['a page of too many audits', { findings: { from: { ...from, audits: Array(41).fill(TASK) } } }],
    ['a page of audits with odd ids', { findings: { from: { ...from, audits: [`${TASK}/../${TASK}`] } } }],
    ['a page of audits that are no list', { findings: { from: { ...from, audits: TASK } } }],
    ['a page without a number', { findings: { from: { ...from, before: undefined } } }],
    ['a page with a negative number', { findings: { from: { ...from, before: -1 } } }],
    ['a page with an odd number', { findings: { from: { ...from, before: '20' } } }],
    ['a page with a place that is no text', { findings: { from: { ...from, token: 5 } } }],
    ['a page with an empty place', { findings: { from: { ...from, token: '' } } }],
    ['a page with a place of control characters', { findings: { from: { ...from, token: 'a\nb' } } }],
    ['a page with a place that is too long', { findings: { from: { ...from, token: 'a'.repeat(8_193) } } }],
    ['a history without a check', { history: { resource: { clientId: 'pump' } } }],
    ['a history without a resource', { history: { check: SHARED } }],
    ['a history of an empty resource', { history: { check: SHARED, resource: {} } }],
    ['a history of a resource with an unknown member', { history: { check: SHARED, resource: { clientId: 'a', x: 'b' } } }],
    ['a history of a resource that is no text', { history: { check: SHARED, resource: { clientId: ['a'] } } }],
    ['a history of a resource that is too long', { history: { check: SHARED, resource: { clientId: 'a'.repeat(2_049) } } }],
    ['a history of half a policy', { history: { check: SHARED, resource: { policyVersionIdentifier: {} } } }],
    [
      'a history of a policy with an unknown member',
      { history: { check: SHARED, resource: { policyVersionIdentifier: { policyName: 'a', x: 'b' } } } },
    ],
    ['a history of a list', { history: { check: SHARED, resource: ['a'] } }],
    ['a history that inherits', { history: { check: SHARED, resource: { constructor: 'a' } } }],
    ['a history that is nothing', { history: null }],
  ];

  test.each(NOT_UNDERSTOOD)('calls nothing for %s, and leads back', async (_, body) => {
    await expect(env.callsDuring(async () => {
      const widget = await env.look(body);
      expect(textOf(widget)).toContain('There is no such page.');
      expect(linkOf(widget, 'Show the first page')).toEqual({ findings: { shown: 'open' } });
    })).resolves.toEqual([]);
  });

  test('calls for a page of an audit that nobody knows what tells so, and leads back', async () => {
    const widget = await env.look({ findings: { from } });

    expect(textOf(widget)).toContain('There is no such page.');
  });

  test.each([
    ['nothing', undefined], ['null', null], ['a text', 'text'], ['a number', 5], ['a list', [1]], ['no members', {}],
    ['findings that are a text', { findings: 'all' }],
    ['a context that is a list', { widgetContext: [] }],
    ['parameters that are a text', { widgetContext: { params: 'audits' } }],
    ['audits that are a text', { audits: 'Nightly' }],
    ['audits with odd names', { audits: ['<b>', 5, null, 'a'.repeat(129)] }],
    ['more audits than AWS allows', { audits: Array(100).fill('Nightly') }],
    ['describe as a text', { describe: 'true' }],
  ])('shows the first page for an event of %s', async (_, event) => {
    expect(rowsOf(await env.answer(event))).toHaveLength(1);
  });
});
