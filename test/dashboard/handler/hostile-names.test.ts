import { hostileName, withHostileTexts } from './hostile-names';
import { CONFLICTING, FUNCTION, POLICY, SHARED, WidgetEnvironment, callsOf, rowsOf } from './widget-environment';
import { elementsOf, textOf } from './widget-html';
import { requestOf } from '../../../src/dashboard/handler/widget-request';
import { captureLog } from '../../support/function-log';
import { SeededRandom } from '../../support/random';

/** ROUNDS=3000 looks longer. */
const ROUNDS = Number(process.env.ROUNDS ?? 40);

describe('hostile names', () => {
  const log = captureLog();
  let env: WidgetEnvironment;

  beforeEach(async () => {
    env = await WidgetEnvironment.start();
  });

  afterEach(() => env.stop());

  /** Throws if there is anything in a widget that the function does not mean. */
  function requireHarmless(widget: string): void {
    const actions = elementsOf(widget).filter(({ name }) => name === 'cwdb-action');
    expect(actions.every(({ attributes }) => attributes.endpoint === FUNCTION)).toBe(true);
    const links = elementsOf(widget).filter(({ attributes }) => attributes.href);
    const AUDIT = /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/iot\/home\?region=eu-west-1#\/dd\/audit\/results\/[\w-]+$/;
    expect(links.filter(({ attributes }) => !AUDIT.test(attributes.href))).toEqual([]);
    // Whoever reads actions as HTML sees the same as whoever reads them as text.
    expect(widget.match(/<cwdb-action[^>]*>[^<]*[&\x7f-\uffff][^<]*<\/cwdb-action>/)).toBe(null);
    // What the widget offers, the function understands.
    callsOf(widget).forEach(({ body }) => expect(() => requestOf(body)).not.toThrow());
  }

  test('of devices and policies stay text, whatever they are', async () => {
    const random = new SeededRandom(31);
    const names = Array.from({ length: ROUNDS }, () => hostileName(random).slice(0, 128)).filter((name) => name !== '');
    env.plant(CONFLICTING, ...names);
    names.forEach((policyName) => env.plant(POLICY, { policyVersionIdentifier: { policyName, policyVersionId: '1' } }));
    env.audit();
    let shown = 0;
    for (let body: object | undefined = {}; body !== undefined;) {
      const widget = await env.look(body);
      requireHarmless(widget);
      shown += rowsOf(widget).length;
      for (const { body: asked } of callsOf(widget).filter(({ display }) => display === 'popup')) {
        const history = await env.look(asked);
        requireHarmless(history);
        // AWS refuses names that no policy can have.
        expect(textOf(history)).toMatch(asked.history.check === POLICY ? /Found by1 audit|does not know this page/
          : /Found by1 audit/);
      }
      body = callsOf(widget).find(({ label }) => label === 'Next page')?.body;
    }

    expect(shown).toBe(2 * names.length);
  }, 300_000);

  test('stay text wherever AWS answers one, and nothing fails', async () => {
    let shown = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const random = new SeededRandom(round);
      await env.stop();
      env = await WidgetEnvironment.start({}, (client) => withHostileTexts(client, random));
      env.plant(SHARED, hostileName(random), 'a', 'b');
      env.plant(CONFLICTING, hostileName(random));
      env.iot.fleet.plant({
        checkName: SHARED,
        resourceIdentifier: { deviceCertificateId: hostileName(random) },
        relatedResources: [{ resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: hostileName(random) } }],
      });
      env.audit();
      env.startAudit();
      const widget = await env.look({ findings: { shown: 'all' } });
      requireHarmless(widget);
      shown += rowsOf(widget).length;
      for (const { body } of callsOf(widget).slice(0, 8)) requireHarmless(await env.look(body));
    }

    expect(shown).toBeGreaterThan(ROUNDS);
    expect(log.lines.filter((line) => /TypeError|RangeError|ReferenceError|SyntaxError/.test(line))).toEqual([]);
  }, 300_000);

  test('can be told apart', async () => {
    env.plant(CONFLICTING, 'pump', 'pu\u200Bmp', '\u202Epmup', '"pump"', 'pump\\', `long-${'x'.repeat(80)}`);
    env.audit();
    const widget = await env.look();

    expect(rowsOf(widget).map(([, resource]) => resource.split('\n')[0])).toEqual([
      '"pump"', '"pu\\u{200B}mp"', '"\\u{202E}pmup"', '"\\"pump\\""', '"pump\\\\"', `"long-${'x'.repeat(56)}"...`,
    ]);
  });
});

describe('the reader of HTML in these tests', () => {
  test.each([
    '<script>', '<img src="x">', '<a onclick="x"></a>', '<a href=x></a>', '<a href="x" href="<"></a>', '<p>', '</p>', '<p></div>',
    'a < b', 'a > b', 'a & b', '&nbsp;', '&lt', '<p class="&"></p>', '<!-- -->', '<P></P>', '\u202E', 'a\u0007', '\u00AD',
  ])('refuses %j', (html) => {
    expect(() => elementsOf(html)).toThrow();
  });

  test('reads what it is given', () => {
    expect(elementsOf('<p class="a &lt;">x<br>&amp;<a href="#">y</a></p>')).toEqual([
      { name: 'p', attributes: { class: 'a <' }, text: 'x&y' },
      { name: 'br', attributes: {}, text: '' },
      { name: 'a', attributes: { href: '#' }, text: 'y' },
    ]);
  });
});
