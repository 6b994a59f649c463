import { CONFLICTING, EXPIRING, NoticeEnvironment, POLICY, SHARED, AUDIT_ROLE, certificate } from './notice-environment';
import { captureLog } from '../../support/function-log';

/** Names that a device can have, or a policy, and that want to do something in a terminal, a mail or a chat. */
const HOSTILE: readonly string[] = [
  '<!channel> pay now', '<https://evil.example|AWS console>', '[AWS console](https://evil.example)', '@here', '@Amazon Q',
  '`*bold* _it_ ~no~', '<at>everyone</at>', '\u001b[31mred', 'a\r\nSubject: forged', '\u202egnp.exe', 'a\u0000b',
  '"}],"x":"', 'x'.repeat(128), '&lt;!here&gt;', '||spoiler||', '\u{1F600}'.repeat(30), '${alert(1)}', '\\u{40}here',
];

/** Characters that mention or link, also in a code span. */
const MARKUP = /[<>@&]/;

captureLog();

describe('a notice for a chat', () => {
  let env: NoticeEnvironment;

  beforeEach(async () => {
    env = await NoticeEnvironment.start({ fleet: { logging: { defaultLogLevel: 'ERROR', roleArn: AUDIT_ROLE } } });
  });

  afterEach(() => env.stop());

  test('has the schema of custom notifications, and no other field', async () => {
    env.plant(SHARED, certificate(1));
    env.scheduled();
    env.plant(CONFLICTING, 'pump');
    const taskId = env.scheduled();

    const summary = 'Fleet: 1 new of 2 non-compliant resources, HIGH at worst';
    const reason = 'The resource does not meet the rule of the check.';
    expect(await env.chat(taskId)).toEqual({
      version: '1.0',
      source: 'custom',
      id: taskId,
      content: {
        textType: 'client-markdown',
        title: summary,
        description: [
          'CRITICAL 1, HIGH 1, MEDIUM 0, LOW 0',
          `CRITICAL ${SHARED}: 1 of 1 resource`,
          `HIGH ${CONFLICTING}: 1 of 1 resource, 1 new`,
          '',
          'The worst findings:',
          `\`CRITICAL "${certificate(1)}": ${reason} [${SHARED}]\``,
          `\`new HIGH "pump": ${reason} [${CONFLICTING}]\``,
        ].join('\n'),
        nextSteps: [
          'Look at the audit: https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1'
          + `#/dd/audit/results/${taskId}`,
        ],
        keywords: ['CRITICAL', 'Nightly'],
      },
      metadata: {
        summary,
        eventType: 'IoT Device Defender Audit Completed',
        additionalContext: { taskId, taskStatus: 'COMPLETED', highestSeverity: 'CRITICAL' },
      },
    });
  });

  test('of an audit that found nothing says so', async () => {
    const { content, metadata } = await env.chat(env.scheduled());

    expect(content).toMatchObject({
      title: 'Fleet: nothing found', description: 'CRITICAL 0, HIGH 0, MEDIUM 0, LOW 0', keywords: ['NONE', 'Nightly'],
    });
    expect(metadata.additionalContext.highestSeverity).toBe('NONE');
  });

  test.each(HOSTILE.map((name) => [name]))('shows the name %j and does nothing that it says', async (name) => {
    env.plant(CONFLICTING, name);
    env.plant(POLICY, { policyVersionIdentifier: { policyName: name, policyVersionId: name } });
    const taskId = await env.onDemand(CONFLICTING, POLICY);

    const { content } = await env.chat(taskId);
    const lines: string[] = content.description.split('\n');
    const spans = lines.filter((line) => line.startsWith('`'));
    expect(spans).toHaveLength(2);
    for (const span of spans) {
      expect(span).toMatch(/^`[^`]*`$/);
      expect(span.slice(1, -1)).not.toMatch(MARKUP);
    }
    const others = lines.filter((line) => !spans.includes(line)).join('\n');
    expect(`${content.title}${others}`).not.toMatch(/[`<>@&[\]|]/);

    const { text, subject } = (await env.notice(taskId))!;
    // eslint-disable-next-line no-control-regex -- None but line ends may be left.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(2);
    expect(text).not.toMatch(/^Subject: forged/m);
    expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
  });

  test('fits into the blocks of a chat, with many checks that found much', async () => {
    env.plant(CONFLICTING, ...Array.from({ length: 10 }, (_, number) => `${number}${'<'.repeat(120)}`));
    env.env.iot.fleet.denyPermissions(AUDIT_ROLE, EXPIRING);
    const taskId = await env.onDemand(SHARED, CONFLICTING, POLICY, EXPIRING);

    const { description } = (await env.chat(taskId)).content;
    expect(Buffer.byteLength(description)).toBeLessThanOrEqual(2_900);
    expect(description).toContain('Not carried out:\n`new CA_CERTIFICATE_EXPIRING_CHECK: INSUFFICIENT_PERMISSIONS: ');
  });
});
