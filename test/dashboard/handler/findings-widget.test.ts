import {
  CONFLICTING, FUNCTION, LOGGING, NIGHTLY, POLICY, SHARED, WidgetEnvironment, callsOf, certificate, linkOf, rowsOf,
} from './widget-environment';
import { elementsOf, textOf } from './widget-html';
import { captureLog } from '../../support/function-log';

describe('the widget for findings', () => {
  const log = captureLog();
  let env: WidgetEnvironment;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
  });

  afterEach(() => env.stop());

  test('debug', async () => {
    env.plant(CONFLICTING, 'pump');
    env.plant(SHARED, certificate(1), certificate(2));
    env.suppress(SHARED, { deviceCertificateId: certificate(2) });
    env.audit();
    const widget = await env.look();
    process.stderr.write(textOf(widget) + '\n' + JSON.stringify(rowsOf(widget)) + JSON.stringify(callsOf(widget), null, 1) + elementsOf(widget).length + log.lines + POLICY + LOGGING + FUNCTION + NIGHTLY + linkOf.name);
  });
});
