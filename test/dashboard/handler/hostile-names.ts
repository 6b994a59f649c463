import type { IoTClient } from '@aws-sdk/client-iot';
import { SeededRandom } from '../../support/random';

/** Pieces of names that try to become markup, to end something, to hide, or to look like something else. */
const PIECES: readonly string[] = [
  '<', '>', '"', '\'', '`', '&', '/', '=', ' ', '\n', '\r', '\t', '\0', '\x1b[31m', '\u007f', '\u0085', '\\', '\\"', '{', '}',
  '${x}', '{{', '<!--', '-->', '<![CDATA[', ']]>', '<?', '</', '<script>alert(1)</script>', '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>', '\' onmouseover=\'alert(1)', '</a>', '</td></tr></table>', '</div>', '</style>', '<style>*{}',
  '</cwdb-action>', '<cwdb-action action="call" endpoint="arn:aws:lambda:x:1:function:y">{}</cwdb-action>', '&lt;', '&#60;',
  '&amp;lt;', '&#x3c;', 'javascript:alert(1)', '\u202E', '\u2066', '\u200B', '\u200D', '\uFEFF', '\u2028', '\u2029', '\u00AD',
  '\u{E0041}', '\uD800', '\uDC00', '\u{1F4A9}', '\u0301', 'é', '漢字', 'pump', '17', '__proto__', 'a'.repeat(300),
];

/** A name that somebody chose to do harm. */
export function hostileName(random: SeededRandom): string {
  return random.list(6, () => random.pick(PIECES)).join('');
}

/** Members whose values decide what is shown at all. */
const KEPT = ['taskId', 'taskStatus', 'checkRunStatus', 'nextToken'];

/** A client whose outputs have hostile texts wherever AWS answers a text, and sometimes nothing or something odd. */
export function withHostileTexts(client: IoTClient, random: SeededRandom): IoTClient {
  const spoil = (value: unknown, name = ''): unknown => {
    if (typeof value === 'string') {
      if (KEPT.includes(name) ? random.chance(0.98) : random.chance(0.3)) return value;
      return random.chance(0.1) ? undefined : hostileName(random);
    }
    if (Array.isArray(value)) return value.map((part) => spoil(part));
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) =>
      [random.chance(0.99) || key.startsWith('$') ? key : hostileName(random), spoil(part, key)]));
  };
  return {
    send: async (...call: Parameters<IoTClient['send']>) => spoil(await client.send(...call)),
  } as unknown as IoTClient;
}
