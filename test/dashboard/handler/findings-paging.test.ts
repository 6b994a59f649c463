import { ListAuditFindingsCommand } from '@aws-sdk/client-iot';
import {
  CONFLICTING, DAY, LOGGING, POLICY, SHARED, WidgetEnvironment, callsOf, certificate, linkOf, rowsOf,
} from './widget-environment';
import { elementsOf, textOf } from './widget-html';
import { captureLog } from '../../support/function-log';

/** The largest audits have 200,000: FINDINGS=200000 PRINT_FIGURES=1 tells what these take. */
const MANY = Number(process.env.FINDINGS ?? 10_000);

/** Lambda answers 6 MB; people wait for less. */
const LARGEST_PAGE = 100_000;

const policy = (policyName: string) => ({ policyVersionIdentifier: { policyName, policyVersionId: '1' } });

const resourceOf = ([, cell]: string[]) => cell.split('\n')[0];

describe('the pages of the widget', () => {
  captureLog();
  let env: WidgetEnvironment;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
  });

  afterEach(() => env.stop());

  /** The resources of all pages, from the first to the last. */
  async function turnPages(first: object = {}): Promise<{ pages: string[][]; calls: string[][]; largest: number }> {
    const [pages, calls]: string[][][] = [[], []];
    let largest = 0;
    for (let body: object | undefined = first; body !== undefined;) {
      let widget = '';
      calls.push(await env.callsDuring(async () => {
        widget = await env.look(body);
      }));
      pages.push(rowsOf(widget).map(resourceOf));
      largest = Math.max(largest, Buffer.byteLength(widget));
      body = callsOf(widget).find(({ label }) => label === 'Next page')?.body;
    }
    return { pages, calls, largest };
  }

  test(`show each of ${MANY} findings exactly once, with a call or two for a page`, async () => {
    for (let number = 0; number < MANY; number++) {
      env.plant(number % 2 === 0 ? SHARED : CONFLICTING, number % 2 === 0 ? certificate(number) : `device-${number}`);
    }
    env.plant(POLICY, policy('Gateway'));
    env.audit();
    const { pages, calls, largest } = await turnPages();

    const shown = pages.flat();
    expect(shown).toHaveLength(MANY + 1);
    expect(new Set(shown).size).toBe(MANY + 1);
    expect(calls[0]).toEqual(['ListAuditTasks', 'DescribeAuditTask', 'ListAuditFindings']);
    // A check that ends makes room for the next one.
    expect(Math.max(...calls.slice(1).map(({ length }) => length))).toBeLessThanOrEqual(3);
    expect(calls.slice(1).flat().every((operation) => operation === 'ListAuditFindings')).toBe(true);
    expect(pages.slice(0, -1).every(({ length }) => length >= 20 && length < 40)).toBe(true);
    expect(largest).toBeLessThan(LARGEST_PAGE);
    if (process.env.PRINT_FIGURES) {
      const count = calls.flat().length;
      process.stderr.write(`${JSON.stringify({ findings: shown.length, pages: pages.length, calls: count, largest })}\n`);
    }
  }, 300_000);

  test('say where they are, and lead back to the first one', async () => {
    env.plant(SHARED, ...Array.from({ length: 1_030 }, (_, number) => certificate(number)));
    env.audit();
    let widget = await env.look();
    expect(textOf(widget)).toContain('Findings 1 to 20.  Next page');
    for (let page = 2; page <= 52; page++) widget = await env.look(linkOf(widget, 'Next page'));

    expect(textOf(widget)).toContain('Findings 1,021 to 1,030. First page ');
    expect(linkOf(widget, 'First page')).toEqual({ findings: { shown: 'open' } });
    expect(rowsOf(await env.look(linkOf(widget, 'First page'))).map(resourceOf)[0]).toBe(`"${certificate(0)}"`);
  });

  test('stay in the audits in which they began, if another one ends meanwhile', async () => {
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(number)));
    env.audit();
    const first = await env.look();
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(100 + number)));
    env.audit();
    const second = await env.look(linkOf(first, 'Next page'));

    expect([...rowsOf(first), ...rowsOf(second)].map(resourceOf))
      .toEqual(Array.from({ length: 30 }, (_, number) => `"${certificate(number)}"`));
    expect(textOf(second)).toContain('30 non-compliant resources');
    expect(textOf(second)).not.toContain('Last audits');
  });

  test('stay so in another execution environment, with a description for each audit', async () => {
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(number)));
    env.audit();
    const next = linkOf(await env.look(), 'Next page');
    env.forget();

    await expect(env.callsDuring(() => env.look(next))).resolves.toEqual(['DescribeAuditTask', 'ListAuditFindings']);
  });

  test('keep the filters', async () => {
    env.plant(SHARED, ...Array.from({ length: 45 }, (_, number) => certificate(number)));
    env.plant(CONFLICTING, 'pump');
    for (let number = 0; number < 45; number += 2) env.suppress(SHARED, { deviceCertificateId: certificate(number) });
    env.audit();
    const { pages } = await turnPages({ findings: { shown: 'suppressed', check: SHARED } });

    expect(pages.flat()).toEqual(Array.from({ length: 23 }, (_, index) => `"${certificate(2 * index)}"`));
  });

  test('end when the audit is not kept any more, with words', async () => {
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(number)));
    env.audit();
    const next = linkOf(await env.look(), 'Next page');
    env.forget();
    env.time.pass(91 * DAY);
    const widget = await env.look(next);

    expect(textOf(widget)).toContain('There is no such page. Its audit may not be kept any more');
    expect(linkOf(widget, 'Show the first page')).toEqual({ findings: { shown: 'open' } });
  });

  test('end when the check was disabled, which deletes its findings', async () => {
    env.plant(CONFLICTING, 'pump');
    env.audit('Nightly', CONFLICTING, LOGGING);
    env.iot.ask('DeleteScheduledAudit', { scheduledAuditName: 'Nightly' });
    env.iot.ask('UpdateAccountAuditConfiguration', { auditCheckConfigurations: { [CONFLICTING]: { enabled: false } } });
    const widget = await env.look();

    expect(rowsOf(widget)).toEqual([]);
    expect(textOf(widget)).toContain('There are no such findings.');
  });

  test('take a number of calls that has a limit, even if AWS answers empty pages', async () => {
    let asked = 0;
    await env.stop();
    env = await WidgetEnvironment.start({}, (client) => ({
      send: async (command: object, options: object) => {
        if (!(command instanceof ListAuditFindingsCommand)) return client.send(command as never, options);
        asked++;
        return { findings: [], nextToken: 'again' };
      },
    }) as never);
    env.plant(SHARED, certificate(1));
    env.audit();
    const next = linkOf(await env.look(), 'Next page');

    expect(next.findings.from).toMatchObject({ check: SHARED, token: 'again', before: 0 });
    expect(asked).toBe(8);
  });

  test('end with words if a place cannot be handed back', async () => {
    await env.stop();
    env = await WidgetEnvironment.start({}, (client) => ({
      send: async (command: object, options: object) => {
        const output = await client.send(command as never, options) as unknown as { nextToken?: string };
        return output.nextToken ? { ...output, nextToken: 'a b' } : output;
      },
    }) as never);
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(number)));
    env.audit();
    const widget = await env.look();

    expect(textOf(widget)).toContain('Findings 1 to 20.  There are more, which only the console shows.');
    expect(elementsOf(widget).filter(({ text }) => text === 'Next page')).toEqual([]);
  });
});

describe('the search for audits', () => {
  captureLog();
  let env: WidgetEnvironment;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
  });

  afterEach(() => env.stop());

  test('looks back as far as the schedules need', async () => {
    env.audit('Monthly', SHARED);
    env.time.pass(28 * DAY);
    env.audit('Daily', CONFLICTING);
    const look = async (...audits: string[]) => {
      env.forget();
      return (await env.callsDuring(() => env.look({}, { audits })))
        .filter((operation) => operation !== 'ListAuditFindings');
    };

    await expect(look('Daily')).resolves.toEqual(['ListAuditTasks', 'DescribeAuditTask']);
    await expect(look()).resolves.toEqual(['ListAuditTasks', 'DescribeAuditTask']);
    await expect(look('Monthly')).resolves.toEqual([
      'ListAuditTasks', 'DescribeAuditTask', 'ListAuditTasks', 'ListAuditTasks', 'ListAuditTasks', 'DescribeAuditTask',
    ]);
    // One that has never run: 89 days.
    const all = await look('Daily', 'Never');
    expect(all.filter((operation) => operation === 'ListAuditTasks')).toHaveLength(5);
  });

  test('describes 40 audits at most for one look, no faster than AWS allows, and goes on with the next', async () => {
    for (let number = 0; number < 100; number++) {
      env.iot.ask('StartOnDemandAuditTask', { targetCheckNames: [LOGGING] });
      env.time.pass(70_000);
    }
    const described = async () => (await env.callsDuring(() => env.look()))
      .filter((operation) => operation === 'DescribeAuditTask').length;
    const began = env.time.now();

    const first = textOf(await env.look());
    expect(env.time.now() - began).toBeGreaterThanOrEqual(40 * 50);
    expect(first).toContain('There are so many audits that not all were\nlooked at.');
    await expect(described()).resolves.toBe(40);
    await expect(described()).resolves.toBe(20);
    await expect(described()).resolves.toBe(0);
    expect(textOf(await env.look())).not.toContain('so many audits');
  });

  test('describes scheduled audits first', async () => {
    env.audit();
    for (let number = 0; number < 50; number++) {
      env.iot.ask('StartOnDemandAuditTask', { targetCheckNames: [LOGGING] });
      env.time.pass(70_000);
    }
    env.plant(SHARED, certificate(1));
    env.iot.runScheduledAudit('Nightly');
    env.time.pass(70_000 * 5);
    env.forget();
    const widget = await env.look();

    expect(rowsOf(widget).map(resourceOf)).toEqual([`"${certificate(1)}"`]);
  });
});
