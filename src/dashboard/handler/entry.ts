import { IoTClient } from '@aws-sdk/client-iot';
import { FindingsWidget, WidgetContext } from './findings-widget';
import { AwsCalls, SYSTEM_CLOCK } from '../../function/runtime/aws-calls';

// AwsCalls repeats the calls, within the time for which somebody waits.
const widget = new FindingsWidget({
  iot: new IoTClient({ maxAttempts: 1 }), calls: new AwsCalls({ clock: SYSTEM_CLOCK, callTimeout: 4_000 }),
});

/** The function behind the widget of a dashboard. */
export async function handler(event: unknown, context: WidgetContext): Promise<string> {
  return widget.answer(event, context);
}
