import { CallFailure } from './dashboard-calls';
import { Html, html } from './html';
import { callLink, findingsOf, WidgetFrame } from './widget-parts';
import { MisunderstoodRequest } from './widget-request';

/** Where more is written about a problem. */
export interface ProblemPlace {
  readonly logGroupName: string;
  readonly requestId: string;
}

/** A problem in words for those who look at the widget, and the way back to its first page. */
export function problemView(frame: WidgetFrame, error: unknown, place: ProblemPlace): Html {
  return html`<p class="notice problem">${meaningOf(error)}</p><p>${
    callLink(frame, 'Show the first page', findingsOf({ shown: 'open' }))}</p><p class="muted">Request ${
    place.requestId} in the log group ${place.logGroupName}</p>`;
}

function meaningOf(error: unknown): string {
  if (error instanceof MisunderstoodRequest) {
    return 'There is no such page. Its audit may not be kept any more, or another program has asked for it.';
  }
  if (!(error instanceof CallFailure)) {
    return 'This cannot be shown: the function behind the widget has failed.';
  }
  const { action, error: { name }, kind } = error;
  switch (kind) {
    case 'denied':
      return `The function behind the widget may not call ${action}. Its role allows it, so look for a permissions `
        + 'boundary or a service control policy that denies it.';
    case 'throttled':
      return 'AWS IoT gets too many requests from this account at the moment. Refresh the widget in a minute.';
    case 'unavailable':
      return 'AWS IoT does not answer at the moment. Refresh the widget in a minute.';
    case 'refused':
      return name === 'InvalidRequestException' || name === 'ResourceNotFoundException'
        ? 'AWS IoT does not know this page any more.' : `AWS IoT has refused ${action} (${name}).`;
  }
}
