import {
  AUDIT_ROLE, CONFLICTING, DAY, EXPIRING, LOGGING, NoticeEnvironment, SHARED, TOPIC, certificate,
} from './notice-environment';
import { captureLog } from '../../support/function-log';

/** The reason of each finding that the stand-in was told to make. */
const REASON = 'The resource does not meet the rule of the check.';

describe('a notice about an audit', () => {
  const log = captureLog();
  let env: NoticeEnvironment;

  beforeEach(async () => {
    env = await NoticeEnvironment.start({ fleet: { logging: { defaultLogLevel: 'ERROR', roleArn: AUDIT_ROLE } } });
  });

  afterEach(() => env.stop());

  function address(taskId: string): string {
    return `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${taskId}`;
  }

  function startOf(taskId: string): string {
    const { taskStartTime } = env.env.iot.ask('DescribeAuditTask', { taskId });
    return `${taskStartTime!.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  }

  test('of a first audit says what it found, and that there is nothing to compare with', async () => {
    env.plant(SHARED, certificate(1));
    env.plant(CONFLICTING, 'pump');
    const taskId = env.scheduled();

    expect(await env.notice(taskId)).toEqual({
      subject: 'Fleet: 2 non-compliant resources, CRITICAL at worst',
      text: [
        'Fleet: 2 non-compliant resources, CRITICAL at worst.',
        '',
        `Scheduled audit Nightly in account 123456789012, eu-west-1, started ${startOf(taskId)}`,
        address(taskId),
        '',
        'CRITICAL 1, HIGH 1, MEDIUM 0, LOW 0',
        `CRITICAL ${SHARED}: 1 of 1 resource`,
        `HIGH ${CONFLICTING}: 1 of 1 resource`,
        '',
        'The worst findings:',
        `  CRITICAL "${certificate(1)}": ${REASON} [${SHARED}]`,
        `  HIGH "pump": ${REASON} [${CONFLICTING}]`,
        '',
        'There is no earlier audit of this kind to compare with.',
        '',
      ].join('\n'),
    });
  });

  test('says what is new, and what is no longer found', async () => {
    env.plant(SHARED, certificate(1), certificate(2));
    env.plant(CONFLICTING, 'pump');
    const before = env.scheduled();
    env.plant(SHARED, certificate(3));
    env.repair(CONFLICTING);
    const taskId = env.scheduled();

    expect(await env.notice(taskId)).toEqual({
      subject: 'Fleet: 1 new of 3 non-compliant resources, CRITICAL at worst',
      text: [
        'Fleet: 1 new of 3 non-compliant resources, CRITICAL at worst.',
        '',
        `Scheduled audit Nightly in account 123456789012, eu-west-1, started ${startOf(taskId)}`,
        address(taskId),
        '',
        'CRITICAL 3, HIGH 0, MEDIUM 0, LOW 0',
        `CRITICAL ${SHARED}: 3 of 3 resources, 1 new`,
        `HIGH ${CONFLICTING}: 0 of 0 resources, 1 no longer found`,
        '',
        'The worst findings:',
        `  new CRITICAL "${certificate(3)}": ${REASON} [${SHARED}]`,
        `  CRITICAL "${certificate(1)}": ${REASON} [${SHARED}]`,
        `  CRITICAL "${certificate(2)}": ${REASON} [${SHARED}]`,
        '',
        `Compared with audit ${before}, started ${startOf(before)}.`,
        '',
      ].join('\n'),
    });
    expect(env.services.published).toMatchObject([{
      TopicArn: TOPIC, MessageAttributes: { 'cdk-iot-fleet-audit': { DataType: 'String', StringValue: 'notice' } },
    }]);
    expect(JSON.parse(log.lines.at(-1)!)).toEqual({ message: 'notice published', taskId, messageId: 'message-1' });
  });

  test('names five findings, the worst first and of these the new ones', async () => {
    env.plant(CONFLICTING, ...Array.from({ length: 8 }, (_, number) => `pump-${number}`));
    env.scheduled();
    env.plant(CONFLICTING, 'new');
    env.plant(SHARED, certificate(1));

    const { text } = (await env.notice(env.scheduled()))!;
    expect([...text.matchAll(/^ {2}(.*?):/gm)].map(([, line]) => line)).toEqual([
      `new CRITICAL "${certificate(1)}"`, 'new HIGH "new"', 'HIGH "pump-0"', 'HIGH "pump-1"', 'HIGH "pump-2"',
    ]);
  });

  test('counts a resource once, however many findings it has', async () => {
    env.plant(SHARED, certificate(1), certificate(2));
    env.scheduled();
    env.plant(SHARED, certificate(3), certificate(3), certificate(2));

    const { text } = (await env.notice(env.scheduled()))!;
    expect(text).toContain(', 1 new\n');
    expect(text.match(/^ {2}/gm)).toHaveLength(3);
  });

  test.each<[name: string, trigger: 'EVERY_AUDIT' | 'FINDINGS' | 'NEW_FINDINGS', subjects: (string | undefined)[]]>([
    ['every audit', 'EVERY_AUDIT', [
      'Fleet: nothing found', 'Fleet: 1 new of 1 non-compliant resource, CRITICAL at worst',
      'Fleet: nothing new; 1 non-compliant resource', 'Fleet: nothing found',
    ]],
    ['audits that found something', 'FINDINGS', [
      undefined, 'Fleet: 1 new of 1 non-compliant resource, CRITICAL at worst',
      'Fleet: nothing new; 1 non-compliant resource', undefined,
    ]],
    ['audits that found something new', 'NEW_FINDINGS', [
      undefined, 'Fleet: 1 new of 1 non-compliant resource, CRITICAL at worst', undefined, undefined,
    ]],
  ])('comes of %s', async (_name, trigger, subjects) => {
    const clean = env.scheduled();
    env.plant(SHARED, certificate(1));
    const dirty = env.scheduled();
    const same = env.scheduled();
    env.repair(SHARED);
    const repaired = env.scheduled();

    const notices = [];
    for (const taskId of [clean, dirty, same, repaired]) {
      notices.push((await env.notice(taskId, { trigger }))?.subject);
    }
    expect(notices).toEqual(subjects);
    expect(log.messages.filter((message) => message === 'no notice is due'))
      .toHaveLength(subjects.filter((subject) => subject === undefined).length);
  });

  test('comes of a check that cannot be carried out any more, and of its failing again only if all is told', async () => {
    const checks = [SHARED, EXPIRING];
    env.scheduled('Weekly', ...checks);
    env.env.iot.fleet.denyPermissions(AUDIT_ROLE, EXPIRING);
    const first = env.scheduled('Weekly', ...checks);
    const second = env.scheduled('Weekly', ...checks);

    const { subject, text } = (await env.notice(first))!;
    expect(subject).toBe('Fleet: nothing found; 1 check not carried out');
    expect(text).toContain([
      'Not carried out:',
      `  new ${EXPIRING}: INSUFFICIENT_PERMISSIONS: The audit role lacks a permission that ${EXPIRING} needs.`,
    ].join('\n'));
    expect(await env.notice(second)).toBeUndefined();
    expect((await env.notice(second, { trigger: 'FINDINGS' }))!.text).toContain(`\n  ${EXPIRING}: INSUFFICIENT`);
  });

  test.each(['EVERY_AUDIT', 'FINDINGS', 'NEW_FINDINGS'] as const)('comes of each audit that fails: %s', async (trigger) => {
    env.env.iot.fleet.denyPermissions(AUDIT_ROLE, EXPIRING);
    env.scheduled('Weekly', EXPIRING);

    expect((await env.notice(env.scheduled('Weekly', EXPIRING), { trigger }))!.subject)
      .toBe('Fleet: the audit failed; 1 check not carried out');
  });

  test('comes of a canceled audit only if all is told', async () => {
    env.plant(SHARED, certificate(1));
    const taskId = await env.env.startAudit(SHARED);
    await env.env.cancelAudit(taskId);

    expect(await env.notice(taskId)).toBeUndefined();
    expect(await env.notice(taskId, { trigger: 'FINDINGS' })).toBeUndefined();
    expect(await env.notice(taskId, { trigger: 'EVERY_AUDIT' })).toMatchObject({
      subject: 'Fleet: the audit was canceled', text: expect.stringContaining(`\n  new ${SHARED}: CANCELED\n`),
    });
  });

  test('does not count what is suppressed, and calls new what is no longer suppressed', async () => {
    const suppression = { checkName: SHARED, resourceIdentifier: { deviceCertificateId: certificate(1) } };
    env.plant(SHARED, certificate(1), certificate(2));
    env.env.iot.ask('CreateAuditSuppression', { ...suppression, suppressIndefinitely: true, clientRequestToken: 'a' });
    const suppressed = env.scheduled();
    env.env.iot.ask('DeleteAuditSuppression', suppression);
    const shown = env.scheduled();

    expect((await env.notice(suppressed))!.text).toContain(`CRITICAL ${SHARED}: 1 of 2 resources, 1 suppressed\n`);
    const { subject, text } = (await env.notice(shown))!;
    expect(subject).toBe('Fleet: 1 new of 2 non-compliant resources, CRITICAL at worst');
    expect(text).toContain(`  new CRITICAL "${certificate(1)}"`);
  });

  test('compares with audits of the same schedule only', async () => {
    env.plant(SHARED, certificate(1));
    env.scheduled('Other', SHARED);
    await env.onDemand(SHARED);

    expect((await env.notice(env.scheduled()))!.text).toContain('There is no earlier audit of this kind');
  });

  test('compares an audit on demand with the last one that carried out the same check', async () => {
    env.plant(SHARED, certificate(1));
    env.plant(CONFLICTING, 'pump');
    await env.onDemand(SHARED);
    await env.onDemand(CONFLICTING);
    env.scheduled();
    env.plant(CONFLICTING, 'valve');

    const { subject, text } = (await env.notice(await env.onDemand(SHARED, CONFLICTING)))!;
    expect(subject).toBe('Fleet: 1 new of 3 non-compliant resources, HIGH at worst');
    expect(text).toContain('Audit on demand in account 123456789012, eu-west-1, started ');
    expect(text).toContain('\nCompared, check by check, with the last audit of this kind.\n');
  });

  test('passes over audits that did not carry out the check, as far back as AWS keeps audits', async () => {
    env.plant(SHARED, certificate(1));
    env.scheduled();
    env.env.time.pass(60 * DAY);
    env.env.iot.fleet.denyPermissions(AUDIT_ROLE, SHARED);
    env.scheduled();
    env.env.iot.fleet.restorePermissions(AUDIT_ROLE);

    expect(await env.notice(env.scheduled())).toBeUndefined();
    env.env.time.pass(91 * DAY);
    expect((await env.notice(env.scheduled()))!.subject).toBe('Fleet: 1 non-compliant resource, CRITICAL at worst');
  });

  test('says of a check that was not audited before that all is new', async () => {
    env.plant(SHARED, certificate(1));
    env.plant(CONFLICTING, 'pump', 'valve');
    await env.onDemand(SHARED);

    const { subject, text } = (await env.notice(await env.onDemand(SHARED, CONFLICTING)))!;
    expect(subject).toBe('Fleet: 2 new of 3 non-compliant resources, HIGH at worst');
    expect(text).toContain(`HIGH ${CONFLICTING}: 2 of 2 resources, not audited before\n`);
  });

  test('is not compared with an audit that came later', async () => {
    const early = env.scheduled();
    env.plant(SHARED, certificate(1));
    const late = env.scheduled();
    env.scheduled();

    expect((await env.notice(late))!.text).toContain(`Compared with audit ${early}, `);
  });

  test.each<[name: string, request: object]>([
    ['without an audit', { taskId: undefined }],
    ['with an id that none has', { taskId: '../../etc' }],
    ['with something else than a topic', { topicArn: 'arn:aws:sqs:eu-west-1:123456789012:Queue' }],
    ['in an unknown form', { format: 'HTML' }],
    ['for an unknown reason', { trigger: 'ALWAYS' }],
  ])('is refused %s', async (_name, parts) => {
    await expect(env.notice(env.scheduled(), parts)).rejects.toThrow(
      new Error('the request for a notice is not understood'));
    expect(env.services.attempts).toBe(0);
  });

  test.each([undefined, null, 1, 'text', []])('is refused if it is %j', async (publishNotice) => {
    await expect(env.handle({ publishNotice: publishNotice ?? null })).rejects.toThrow('is not understood');
  });

  test('of an audit that AWS IoT does not know is left to another attempt', async () => {
    await expect(env.notice('f'.repeat(32))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('comes again if it is asked for again', async () => {
    env.plant(SHARED, certificate(1));
    const taskId = env.scheduled();

    expect(await env.notice(taskId)).toEqual(await env.notice(taskId));
    expect(env.services.published).toHaveLength(2);
  });

  test('asks AWS IoT for no findings if there are none', async () => {
    env.scheduled();
    const since = env.env.iot.requests.length + 3;
    await env.notice(env.scheduled('Nightly', LOGGING), { trigger: 'EVERY_AUDIT' });

    expect(env.calls(since)).not.toHaveProperty('ListAuditFindings');
  });
});
