import {
  AuditIdentity, StartedAudit, baselineOf, digestOf, formatIdentity, parseIdentity,
} from '../../../src/audits/handler/audit-identity';
import { OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';

const AUDIT: OnDemandAuditProperties = {
  Checks: [
    { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
    { Name: 'DEVICE_CERTIFICATE_AGE_CHECK', Severity: 'LOW', Threshold: '365' },
  ],
  Mode: WaitMode.START,
};

describe('the digest of the properties', () => {
  // Another digest for the same audit would start one for every user who updates the library.
  test('is this', () => {
    expect(digestOf(AUDIT)).toBe('e150662426937955');
  });

  test.each<[string, Partial<OnDemandAuditProperties>]>([
    ['the mode', { Mode: WaitMode.WAIT }],
    ['the wait', { TimeoutSeconds: '60', FailOnTimeout: 'true' }],
    ['the order', { Checks: [...AUDIT.Checks].reverse() }],
    ['the severities', { Checks: AUDIT.Checks.map((check) => ({ ...check, Severity: 'HIGH' })) }],
    ['an empty trigger', { Trigger: '' }],
  ])('does not depend on %s', (_, change) => {
    expect(digestOf({ ...AUDIT, ...change })).toBe(digestOf(AUDIT));
  });

  test('differs for every other audit', () => {
    const [logging, age] = AUDIT.Checks;
    const audits: OnDemandAuditProperties[] = [
      AUDIT,
      { ...AUDIT, Trigger: 'a commit' },
      { ...AUDIT, Trigger: 'another commit' },
      { ...AUDIT, EnabledChecksOnly: 'true' },
      { ...AUDIT, Trigger: 'true' },
      { ...AUDIT, Checks: [logging] },
      { ...AUDIT, Checks: [age] },
      { ...AUDIT, Checks: [logging, { ...age, Threshold: '366' }] },
      { ...AUDIT, Checks: [logging, { ...age, Threshold: undefined }] },
      { ...AUDIT, Checks: [{ ...logging, Threshold: '365' }, { ...age, Threshold: undefined }] },
      { ...AUDIT, Checks: [] },
    ];

    expect(new Set(audits.map(digestOf)).size).toBe(audits.length);
  });
});

describe('the identity of an audit', () => {
  test('is written as the audit, and the one before if there is one', () => {
    const audit = { digest: '0123456789abcdef', taskId: 'task-1' };

    expect(formatIdentity(audit)).toBe('0123456789abcdef.task-1');
    expect(formatIdentity({ ...audit, previous: { digest: 'fedcba9876543210', taskId: 'task-0' } }))
      .toBe('0123456789abcdef.task-1_fedcba9876543210.task-0');
  });

  test('says when the gate passed, and names the accepted audit if it is another', () => {
    const [audit, previous] = [
      { digest: '0123456789abcdef', taskId: 'task-1' }, { digest: 'fedcba9876543210', taskId: 'task-0' },
    ];
    const time = Date.parse('2026-11-25T12:00:00Z');

    expect(formatIdentity({ ...audit, accepted: { taskId: 'task-1', time } })).toBe('0123456789abcdef.task-1.mww2n400');
    expect(formatIdentity({
      ...audit, accepted: { taskId: 'task-0', time }, previous: { ...previous, accepted: { taskId: 'task-0', time } },
    }))
      .toBe('0123456789abcdef.task-1.mww2n400.task-0_fedcba9876543210.task-0.mww2n400');
  });

  test('says a time in whole milliseconds, and not before it', () => {
    const identity = { digest: '0123456789abcdef', taskId: 'task', accepted: { taskId: 'task', time: 1_000.2 } };

    expect(parseIdentity(formatIdentity(identity))!.accepted!.time).toBe(1_001);
  });

  test('is read as it was written, with any ids', () => {
    const random = pseudoRandom(20_260_115);
    for (let count = 0; count < 2_000; count++) {
      const identity = { ...startedAudit(random), previous: random() < 0.5 ? startedAudit(random) : undefined };
      const id = formatIdentity(identity);

      expect(parseIdentity(id)).toEqual<AuditIdentity>(identity);
      expect(Buffer.byteLength(id)).toBeLessThanOrEqual(1024);
    }
  });

  test.each([
    undefined,
    '',
    'Fleet-Audit-1ABCDEFGHIJKL',
    'none-2412527f-3c26-4e7a-8bb1-5d954d2be5d6',
    '0123456789abcdef',
    '0123456789abcdef.',
    '0123456789abcde.task',
    '0123456789abcdef0.task',
    '0123456789ABCDEF.task',
    '0123456789abcdef.task_',
    '0123456789abcdef.task.',
    '0123456789abcdef.task.0abc',
    '0123456789abcdef.task.MIF',
    '0123456789abcdef.task.mww2n400mi',
    '0123456789abcdef.task.mww2n400.',
    '0123456789abcdef.task.mww2n400.task.task',
    '0123456789abcdef.task_0123456789abcdef',
    '0123456789abcdef.task_0123456789abcdef.task_0123456789abcdef.task',
    '0123456789abcdef.task/other',
    ' 0123456789abcdef.task',
    '0123456789abcdef.task\nmore',
    `0123456789abcdef.${'a'.repeat(41)}`,
  ])('is not read from a foreign id: %j', (id) => {
    expect(parseIdentity(id)).toBeUndefined();
  });

  test('is never read from an id that was changed into something longer', () => {
    const random = pseudoRandom(7);
    for (let count = 0; count < 500; count++) {
      const id = formatIdentity(startedAudit(random));
      const at = Math.floor(random() * (id.length + 1));

      expect(parseIdentity(`${id.slice(0, at)} ${id.slice(at)}`)).toBeUndefined();
    }
  });
});

describe('the baseline of a gate', () => {
  const audit = { digest: '0123456789abcdef', taskId: 'task-1' };

  test.each<[string, AuditIdentity | undefined, object]>([
    ['at first is the start of the deployment', undefined, { until: 7 }],
    ['stays that after audits that no gate accepted', audit, { until: 7 }],
    [
      'is the time at which it passed, once it has', { ...audit, accepted: { taskId: 'task-1', time: 5 } },
      { acceptedTaskId: 'task-1', until: 5 },
    ],
    [
      'stays the former one after an audit that it did not wait for',
      { ...audit, accepted: { taskId: 'task-0', time: 3 } }, { acceptedTaskId: 'task-0', until: 3 },
    ],
    [
      'is not that of the audit before',
      { ...audit, previous: { ...audit, accepted: { taskId: 'task-0', time: 3 } } }, { until: 7 },
    ],
  ])('%s', (_what, deployed, expected) => {
    expect(baselineOf(deployed, 7)).toEqual(expected);
  });
});

/** Numbers from 0 to 1, the same in every run (Park and Miller's). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

function startedAudit(random: () => number): StartedAudit {
  const text = (alphabet: string, length: number) => Array.from(
    { length }, () => alphabet[Math.floor(random() * alphabet.length)],
  ).join('');
  const task = () => text(
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-', 1 + Math.floor(random() * 40),
  );
  const taskId = task();
  const time = 1 + Math.floor(random() * 36 ** 9 - 1);
  return {
    digest: text('0123456789abcdef', 16),
    taskId,
    accepted: random() < 0.5 ? { taskId: random() < 0.5 ? taskId : task(), time } : undefined,
  };
}
