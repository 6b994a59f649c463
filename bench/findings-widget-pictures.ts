/**
 * Pictures of the widget for findings, as a browser draws what the function answers:
 *
 *   npx tsx bench/findings-widget-pictures.ts [<folder>]
 *
 * It needs Chromium and pngquant on the path. AWS IoT is the stand-in of the rehearsal, and the frame around the widget
 * only looks like that of CloudWatch.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { AuditFinding, IoTClient } from '@aws-sdk/client-iot';
import {
  CONFLICTING, EXPIRING, HOUR, LOGGING, NIGHTLY, POLICY, SHARED, WidgetEnvironment, linkOf,
} from '../test/dashboard/handler/widget-environment';

/** What the widget is to show. */
interface Scene {
  readonly name: string;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
  draw(env: WidgetEnvironment, context: object): Promise<string>;
}

/** Reasons in the style of AWS's: the stand-in has one for all that is planted. */
const REASONS: Readonly<Record<string, string>> = {
  CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES: 'Certificate is used by multiple devices at the same time.',
  DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS: 'Client ID is used by more than one connection.',
  ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS:
    'Policy allows broad access to IoT data plane actions: [iot:Subscribe, iot:Connect, iot:Publish].',
  CERTIFICATE_APPROACHING_EXPIRATION: 'Certificate expires within 30 days.',
};

/** An id as certificates have it. */
const certificate = (number: number) => createHash('sha256').update(String(number)).digest('hex');

const policy = (policyName: string) => ({ policyVersionIdentifier: { policyName, policyVersionId: '3' } });

/** Names that try to become markup, to hide, or to fill the widget. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</td></tr></table><h1>All is well</h1>',
  '<a class="btn">Repair</a><cwdb-action action="call" endpoint="arn:aws:lambda:eu-west-1:1:function:x">{}</cwdb-action>',
  '</style><style>* { display: none }</style>',
  'pump-\u202Egnp.exe\u202C',
  'zero\u200Bwidth\u0007\nline',
  `${'long-'.repeat(60)}end`,
  '&lt;b&gt; &amp;amp; \u{1F4A9} \'`$' + '{x}',
];

function plantFew(env: WidgetEnvironment): void {
  env.plant(SHARED, certificate(-1), certificate(-2));
  env.plant(POLICY, policy('GatewayPolicy'), policy('LegacySensors'));
  env.plant(CONFLICTING, 'pump-17');
  env.plant(EXPIRING, { caCertificateId: certificate(-3) });
  env.suppress(POLICY, policy('LegacySensors'));
}

const CHECKS = [SHARED, CONFLICTING, POLICY, EXPIRING, LOGGING];

const SCENES: readonly Scene[] = [
  {
    name: 'no-findings', theme: 'light', width: 1180, height: 330,
    draw: (env, context) => {
      env.audit(NIGHTLY, ...CHECKS);
      return env.look({}, { context });
    },
  },
  ...(['light', 'dark'] as const).map((theme): Scene => ({
    name: `few-findings-${theme}`, theme, width: 1180, height: 700,
    draw: (env, context) => {
      plantFew(env);
      for (let day = 0; day < 3; day++) env.audit(NIGHTLY, ...CHECKS);
      return env.look({ findings: { shown: 'all' } }, { context });
    },
  })),
  {
    name: 'many-findings', theme: 'light', width: 900, height: 760,
    draw: async (env, context) => {
      for (let number = 0; number < 10_000; number++) env.plant(SHARED, certificate(number));
      plantFew(env);
      env.audit(NIGHTLY, ...CHECKS);
      const first = await env.look({}, { context });
      return env.look(linkOf(first, 'Next page'), { context });
    },
  },
  {
    name: 'hostile-names', theme: 'dark', width: 900, height: 1000,
    draw: (env, context) => {
      HOSTILE.forEach((name) => env.plant(CONFLICTING, name));
      env.audit(NIGHTLY, ...CHECKS);
      return env.look({}, { context });
    },
  },
  {
    name: 'history', theme: 'light', width: 700, height: 420,
    draw: async (env, context) => {
      plantFew(env);
      for (let day = 0; day < 12; day++) env.audit(NIGHTLY, ...CHECKS);
      const widget = await env.look({}, { context });
      return env.look(linkOf(widget, `"${certificate(-1)}"`), { context });
    },
  },
  {
    name: 'narrow', theme: 'dark', width: 420, height: 980,
    draw: async (env, context) => {
      plantFew(env);
      env.audit(NIGHTLY, ...CHECKS);
      env.time.pass(HOUR);
      env.startAudit(NIGHTLY);
      return env.look({}, { context });
    },
  },
  {
    name: 'denied', theme: 'light', width: 900, height: 400,
    draw: async (env, context) => {
      plantFew(env);
      env.audit(NIGHTLY, ...CHECKS);
      env.iot.faults.add({ operation: 'ListAuditFindings', kind: 'accessDenied', times: Infinity });
      return env.look({}, { context });
    },
  },
];

/** A frame that looks like CloudWatch's around a widget, in both of its themes. */
function pageOf(widget: string, { theme }: Scene): string {
  const [page, box, text, line] = theme === 'dark' ? ['#0f1b2a', '#0f1b2a', '#d1d5db', '#414d5c']
    : ['#ffffff', '#ffffff', '#16191f', '#d5dbdb'];
  return `<!doctype html><meta charset="utf-8"><style>
body { background: ${page}; font-family: "Amazon Ember", "Liberation Sans", sans-serif; margin: 8px; }
.frame { background: ${box}; border: 1px solid ${line}; border-radius: 8px; padding: 8px 12px; }
.title { color: ${text}; font-size: 16px; font-weight: 700; margin: 0 4px 8px; }
</style><div class="frame"><div class="title">Findings</div>${widget}</div>`;
}

/** Gives findings the reasons of AWS on their way to the function. */
function withReasons(client: IoTClient): IoTClient {
  const send = async (...call: Parameters<IoTClient['send']>) => {
    const output = await client.send(...call) as unknown as { readonly findings?: AuditFinding[] };
    return {
      ...output,
      findings: output.findings?.map((finding) => ({
        ...finding,
        reasonForNonCompliance: REASONS[finding.reasonForNonComplianceCode!] ?? finding.reasonForNonCompliance,
      })),
    };
  };
  return { send } as unknown as IoTClient;
}

/** The first of some programs that is on the path. */
function programOf(...names: string[]): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (!found) {
    throw new Error(`${names.join(' or ')} is not on the path: install it, on Debian with "apt-get install ${names[0]}"`);
  }
  return found;
}

async function main(folder = join(__dirname, '..', 'docs', 'pictures')): Promise<void> {
  const [browser, pngquant] = [programOf('chromium', 'google-chrome'), programOf('pngquant')];
  const pages = mkdtempSync(join(tmpdir(), 'pictures-'));
  mkdirSync(folder, { recursive: true });
  for (const scene of SCENES) {
    const env = await WidgetEnvironment.start({}, withReasons);
    const widget = await scene.draw(env, { theme: scene.theme });
    await env.stop();
    const page = join(pages, `${scene.name}.html`);
    const picture = resolve(folder, `findings-widget-${scene.name}.png`);
    writeFileSync(page, pageOf(widget, scene));
    execFileSync(browser, [
      '--headless', '--no-sandbox', '--disable-lcd-text', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1',
      `--window-size=${scene.width},${scene.height}`, `--screenshot=${picture}`, `file://${page}`,
    ], { stdio: 'ignore' });
    execFileSync(pngquant, ['--force', '--strip', '--nofs', '--output', picture, '32', picture]);
    process.stderr.write(`${picture} ${statSync(picture).size} bytes, HTML ${Buffer.byteLength(widget)} bytes\n`);
  }
  rmSync(pages, { recursive: true });
}

// The log of the function.
process.stdout.write = () => true;
void main(process.argv[2]);
