import {
  CONFLICTING, EXPIRING, FUNCTION, HOUR, LOGGING, MINUTE, POLICY, SHARED, WidgetEnvironment, callsOf,
  certificate, linkOf, rowsOf,
} from './widget-environment';
import { elementsOf, textOf } from './widget-html';
import { captureLog } from '../../support/function-log';

const REASON = 'The resource does not meet the rule of the check.';

const policy = (policyName: string) => ({ policyVersionIdentifier: { policyName, policyVersionId: '1' } });

describe('the widget for findings', () => {
  const log = captureLog();
  let env: WidgetEnvironment;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
  });

  afterEach(() => env.stop());

  test('lists what is found now, the worst severity first, and of one severity what found most', async () => {
    env.plant(CONFLICTING, 'pump');
    env.plant(POLICY, policy('Gateway'));
    env.plant(SHARED, certificate(1), certificate(2));
    env.audit();
    const widget = await env.look();

    expect(rowsOf(widget)).toEqual([
      ['CRITICAL', `"${certificate(1)}"\nDEVICE_CERTIFICATE`, `${REASON}\nDEVICE_CERTIFICATE_SHARED`, '2026-01-16 12:01 UTC'],
      ['CRITICAL', `"${certificate(2)}"\nDEVICE_CERTIFICATE`, `${REASON}\nDEVICE_CERTIFICATE_SHARED`, '2026-01-16 12:01 UTC'],
      ['CRITICAL', '"Gateway" version 1\nIOT_POLICY', `${REASON}\nIOT_POLICY_OVERLY_PERMISSIVE`, '2026-01-16 12:01 UTC'],
      ['HIGH', '"pump"\nCLIENT_ID', `${REASON}\nCONFLICTING_CLIENT_IDS`, '2026-01-16 12:01 UTC'],
    ]);
    expect(textOf(widget)).toContain('4 non-compliant resourcesCRITICAL 3 HIGH 1 3 of 4 checks found something. '
      + 'Last audit: Nightly, started 2026-01-16 12:00 UTC.');
    expect(textOf(widget)).toContain('Findings 1 to 4.');
  });

  test('says so if nothing is found, with green letters', async () => {
    env.audit();
    const widget = await env.look();

    expect(rowsOf(widget)).toEqual([]);
    expect(widget).toContain('<h3 class="good">No non-compliant resources</h3>');
    expect(textOf(widget)).toContain('There are no such findings.');
  });

  test('takes a list, a description and a call for each check with findings; then only the list and these', async () => {
    env.plant(CONFLICTING, 'pump');
    env.plant(SHARED, certificate(1));
    env.audit();

    await expect(env.callsDuring(() => env.look())).resolves
      .toEqual(['ListAuditTasks', 'DescribeAuditTask', 'ListAuditFindings', 'ListAuditFindings']);
    await expect(env.callsDuring(() => env.look())).resolves
      .toEqual(['ListAuditTasks', 'ListAuditFindings', 'ListAuditFindings']);
    expect(log.lines).toEqual([
      '{"message":"shown","view":"findings","calls":4}\n', '{"message":"shown","view":"findings","calls":3}\n',
    ]);
  });

  test('links each finding and each audit to the audit in the console', async () => {
    env.plant(CONFLICTING, 'pump');
    const taskId = env.audit();
    const links = elementsOf(await env.look()).filter(({ attributes }) => attributes.href);

    expect(links.map(({ attributes, text }) => [text, attributes])).toEqual([
      '2026-01-16 12:00 UTC', '2026-01-16 12:01 UTC', '2026-01-16 12:00 UTC',
    ].map((text) => [text, {
      href: `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${taskId}`,
      target: '_blank',
      rel: 'noopener',
    }]));
  });

  test('calls only itself, and only to show something', async () => {
    env.plant(SHARED, ...Array.from({ length: 30 }, (_, number) => certificate(number)));
    env.audit();
    const actions = elementsOf(await env.look()).filter(({ name }) => name === 'cwdb-action');

    expect(actions.map(({ attributes }) => attributes)).toEqual([
      ...Array(5).fill({ action: 'call', display: 'widget', endpoint: FUNCTION }),
      ...Array(20).fill({ action: 'call', display: 'popup', endpoint: FUNCTION }),
      { action: 'call', display: 'widget', endpoint: FUNCTION },
    ]);
    expect([...new Set(callsOf(await env.look()).flatMap(({ body }) => Object.keys(body)))])
      .toEqual(['findings', 'history']);
  });

  describe('leaves out what is suppressed', () => {
    beforeEach(() => {
      env.plant(SHARED, certificate(1), certificate(2));
      env.plant(POLICY, policy('Legacy'));
      env.suppress(SHARED, { deviceCertificateId: certificate(2) });
      env.suppress(POLICY, policy('Legacy'));
      env.audit();
    });

    test('at first', async () => {
      const widget = await env.look();

      expect(rowsOf(widget).map(([severity, resource]) => [severity, resource])).toEqual([
        ['CRITICAL', `"${certificate(1)}"\nDEVICE_CERTIFICATE`],
      ]);
      expect(textOf(widget)).toContain('1 non-compliant resource');
      expect(textOf(widget)).toContain('Open 1Suppressed 2Open and suppressed 3');
    });

    test('and shows nothing else on request, marked', async () => {
      const widget = await env.look(linkOf(await env.look(), 'Suppressed 2'));

      expect(rowsOf(widget).map(([severity, resource]) => [severity, resource])).toEqual([
        ['CRITICAL\nsuppressed', `"${certificate(2)}"\nDEVICE_CERTIFICATE`],
        ['CRITICAL\nsuppressed', '"Legacy" version 1\nIOT_POLICY'],
      ]);
    });

    test('and shows both on request', async () => {
      const widget = await env.look(linkOf(await env.look(), 'Open and suppressed 3'));

      expect(rowsOf(widget).map(([severity]) => severity))
        .toEqual(['CRITICAL', 'CRITICAL\nsuppressed', 'CRITICAL\nsuppressed']);
    });
  });

  test('shows the findings of one check on request, without reading others', async () => {
    env.plant(CONFLICTING, 'pump', 'valve');
    env.plant(SHARED, certificate(1));
    env.audit();
    const chosen = linkOf(await env.look(), 'CONFLICTING_CLIENT_IDS 2');
    let widget = '';
    const calls = await env.callsDuring(async () => {
      widget = await env.look(chosen);
    });

    expect(rowsOf(widget).map(([, resource]) => resource)).toEqual(['"pump"\nCLIENT_ID', '"valve"\nCLIENT_ID']);
    expect(calls).toEqual(['ListAuditTasks', 'ListAuditFindings']);
    expect(elementsOf(widget).filter(({ attributes }) => attributes.class === 'filter chosen').map(({ text }) => text))
      .toEqual(['Open 3', 'CONFLICTING_CLIENT_IDS 2']);
  });

  test('has both themes of CloudWatch', async () => {
    env.audit();
    const light = await env.look();

    expect(await env.look({}, { context: { theme: 'dark' } })).not.toBe(light);
    expect(await env.look({}, { context: { theme: 'anything else' } })).toBe(light);
  });

  test('describes itself to who adds it to a dashboard', async () => {
    expect(await env.answer({ describe: true })).toMatch(/^## Findings of AWS IoT Device Defender Audit\n/);
    expect(env.iot.requests).toEqual([]);
  });

  describe('takes what is found now', () => {
    test('from the last audit of each check', async () => {
      env.plant(SHARED, certificate(1));
      env.audit('Weekly', SHARED, CONFLICTING);
      env.plant(CONFLICTING, 'pump');
      env.plant(SHARED, certificate(2));
      env.audit('Daily', CONFLICTING);
      const widget = await env.look({}, { audits: ['Weekly', 'Daily'] });

      expect(rowsOf(widget).map(([, resource]) => resource))
        .toEqual([`"${certificate(1)}"\nDEVICE_CERTIFICATE`, '"pump"\nCLIENT_ID']);
      expect(textOf(widget)).toContain('Last audit: Daily');
    });

    test('from audits of others, if they are newer', async () => {
      env.plant(SHARED, certificate(1));
      env.audit();
      env.time.pass(HOUR);
      env.plant(SHARED, certificate(2));
      env.iot.ask('StartOnDemandAuditTask', { targetCheckNames: [SHARED] });
      env.time.pass(10 * MINUTE);
      const widget = await env.look();

      expect(rowsOf(widget)).toHaveLength(2);
      expect(textOf(widget)).toContain('Last audit: on demand');
    });

    test('not from an audit that still runs, which it mentions', async () => {
      env.plant(SHARED, certificate(1));
      env.audit();
      env.plant(SHARED, certificate(2));
      env.startAudit();
      const widget = await env.look();

      expect(rowsOf(widget)).toHaveLength(1);
      expect(textOf(widget)).toContain('An audit is running: Nightly, since 2026-01-17 12:10 UTC.');
      expect(textOf(widget)).toContain('2026-01-17 12:10 UTCNightlyIN_PROGRESS0 of 4');
    });

    test('not from an audit that was canceled', async () => {
      env.plant(SHARED, certificate(1));
      env.audit();
      const taskId = env.startAudit();
      env.iot.ask('CancelAuditTask', { taskId });
      const widget = await env.look();

      expect(rowsOf(widget)).toHaveLength(1);
      expect(textOf(widget)).toContain('NightlyCANCELED0 of 4, 4 not carried out');
      expect(textOf(widget)).toContain('Last audit: Nightly, started 2026-01-16 12:00 UTC.');
    });

    test('and says which checks could not be carried out', async () => {
      await env.stop();
      env = await WidgetEnvironment.start({
        fleet: {
          missingPermissions: [{ roleArn: 'arn:aws:iam::123456789012:role/AuditRole', denied: [POLICY] }],
          plantedFindings: [{ checkName: POLICY, resourceIdentifier: policy('Gateway') }],
          logging: { roleArn: 'arn:aws:iam::123456789012:role/Logging', defaultLogLevel: 'ERROR' },
        },
      });
      env.audit();
      const widget = await env.look();

      expect(textOf(widget)).toContain('Nothing found by the checks that were carried out');
      expect(textOf(widget)).toContain('Not carried out, so that nobody knows what they would find:\n'
        + 'IOT_POLICY_OVERLY_PERMISSIVE: The audit role lacks a permission that IOT_POLICY_OVERLY_PERMISSIVE_CHECK needs.');
      expect(widget).not.toContain('class="good"');
    });
  });

  describe('before an audit has ended', () => {
    test('says that there is none', async () => {
      const widget = await env.look();

      expect(textOf(widget)).toContain('No audit has ended yet');
      expect(textOf(widget)).toContain('knows none');
    });

    test('shows the one that runs', async () => {
      env.startAudit();
      const widget = await env.look();

      expect(textOf(widget)).toContain('No audit has ended yet');
      expect(textOf(widget)).toContain('2026-01-16 12:00 UTCNightlyIN_PROGRESS0 of 4');
    });
  });

  describe('tells of one resource', () => {
    async function historyOf(label: string): Promise<string> {
      return env.look(linkOf(await env.look(), label));
    }

    test('when audits found it first and last, and how many did', async () => {
      env.plant(CONFLICTING, 'pump');
      for (let day = 0; day < 4; day++) env.audit();
      env.plant(CONFLICTING, 'valve');
      env.audit();
      let widget = '';
      const link = linkOf(await env.look(), '"pump"');
      const calls = await env.callsDuring(async () => {
        widget = await env.look(link);
      });

      expect(calls).toEqual(['ListAuditFindings']);
      expect(textOf(widget)).toContain(`"pump"CheckHIGH CONFLICTING_CLIENT_IDSReason${REASON}`
        + 'First found2026-01-16 12:01 UTCLast found2026-01-20 12:41 UTCFound by5 audits of the last 89 days'
        + 'SuppressednoclientIdpump');
      expect(textOf(await historyOf('"valve"'))).toContain('Found by1 audit of the last 89 days');
    });

    test('that it is suppressed, and what is related to it', async () => {
      const related = Array.from({ length: 12 }, (_, number) => ({
        resourceType: 'CLIENT_ID' as const, resourceIdentifier: { clientId: `device-${number}` },
      }));
      env.iot.fleet.plant({
        checkName: SHARED, resourceIdentifier: { deviceCertificateId: certificate(1) }, relatedResources: related,
      });
      env.suppress(SHARED, { deviceCertificateId: certificate(1) });
      env.audit();
      const all = await env.look({ findings: { shown: 'all' } });
      const text = textOf(await env.look(linkOf(all, `"${certificate(1)}"`)));

      expect(text).toContain('Suppressedyes, when it was last found');
      expect(text).toContain('Related resources"device-0" CLIENT_ID\n"device-1" CLIENT_ID');
      expect(text).toContain('"device-9" CLIENT_ID\nand 2 more');
      expect(text).not.toContain('"device-10"');
    });

    test('that nothing is known, if it is not found any more', async () => {
      env.audit();

      const widget = await env.look({ history: { check: EXPIRING, resource: { caCertificateId: certificate(9) } } });
      expect(textOf(widget)).toContain(
        `"${certificate(9)}"No audit of the last 89 days has found anything about it with CA_CERTIFICATE_EXPIRING.`);
    });

    test('at most what four calls tell', async () => {
      env.plant(LOGGING, ...Array.from({ length: 1_001 }, () => ({ account: '123456789012' })));
      env.audit();
      const calls = await env.callsDuring(async () => {
        const text = textOf(await env.look({ history: { check: LOGGING, resource: { account: '123456789012' } } }));
        expect(text).toContain('First found2026-01-16 12:01 UTC, or earlier');
        expect(text).toContain('Found byat least 1 audit');
      });

      expect(calls).toEqual(Array(4).fill('ListAuditFindings'));
    });
  });
});
