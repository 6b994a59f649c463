import { Answer, renderAnswer } from '../../../src/function/runtime/answer';
import { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';

const EVENT: CustomResourceEvent = {
  RequestType: 'Create',
  ResponseURL: 'https://example.com',
  StackId: `arn:aws:cloudformation:ap-southeast-2:123456789012:stack/${'s'.repeat(128)}/guid`,
  RequestId: '0f1e2d3c-0f1e-2d3c-0f1e-0f1e2d3c0f1e',
  ResourceType: 'Custom::IotLogging',
  LogicalResourceId: 'l'.repeat(255),
  ResourceProperties: {},
};

function render(answer: Partial<Answer>) {
  const text = renderAnswer(EVENT, { status: 'SUCCESS', physicalResourceId: 'p'.repeat(1024), ...answer });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
  return JSON.parse(text) as { Reason?: string; PhysicalResourceId: string; Data?: Record<string, string> };
}

describe('an answer', () => {
  test('is what CloudFormation takes', () => {
    expect(JSON.parse(renderAnswer(EVENT, {
      status: 'FAILED', physicalResourceId: 'id', reason: 'why',
      data: { Count: 3, Name: 'n', Found: { role: 'r' }, Nothing: null },
    })))
      .toEqual({
        Status: 'FAILED',
        Reason: 'why',
        PhysicalResourceId: 'id',
        StackId: EVENT.StackId,
        RequestId: EVENT.RequestId,
        LogicalResourceId: EVENT.LogicalResourceId,
        Data: { Count: 3, Name: 'n', Found: '{"role":"r"}', Nothing: 'null' },
      });
  });

  test.each([
    ['plain', 'a'],
    ['in three bytes', '雲'],
    ['escaped', '"'],
    ['escaped twice', '\\'],
  ])('fits with a long reason that is %s', (_, character) => {
    expect(render({ status: 'FAILED', reason: character.repeat(3000) }).Reason).toMatch(/\.\.\.$/);
  });

  test('fits with long attributes, all of which are cut alike', () => {
    const { Data } = render({ data: { One: '"'.repeat(3000), Other: 'b'.repeat(3000), Short: 'c' } });

    expect(Data!.One).toMatch(/^"{300,}\.\.\.$/);
    expect(Data!.Other).toMatch(/^b{300,}\.\.\.$/);
    expect(Data!.Short).toBe('c');
  });

  test('fits with a long object, which loses its longest members and says so', () => {
    const events = Array.from(
      { length: 8 }, (_, index) => ({ eventType: `E${index}`, logDestination: 'g'.repeat(500) }),
    );
    const { Data } = render({ data: { FoundLogging: { role: 'arn', level: 'INFO', events } } });

    expect(JSON.parse(Data!.FoundLogging)).toEqual({ role: 'arn', level: 'INFO', cut: true });
  });

  test('keeps an object whole that fits', () => {
    const found = {
      role: 'r'.repeat(600), checks: Array.from({ length: 17 }, (_, index) => `A_CHECK_WITH_A_LONG_NAME_${index}`),
    };

    expect(JSON.parse(
      render({ data: { FoundConfiguration: found, OtherChecks: 'o' } }).Data!.FoundConfiguration,
    )).toEqual(found);
  });
});
