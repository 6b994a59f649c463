import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Notes what it sees of another test file, and leaves as much as it can behind. */
const TEST_FILE = `
  const { appendFileSync } = require('node:fs');
  jest.setTimeout(123_000);
  test('notes', () => {
    const [own, ofPackage] = [require('./own'), require('some-package')];
    appendFileSync('notes', JSON.stringify({
      own: own.loaded, ofPackage: ofPackage.loaded, isList: ofPackage.list instanceof Array,
      variable: process.env.SOME_VARIABLE, fetch: typeof fetch, spied: jest.isMockFunction(JSON.parse),
    }) + '\\n');
    own.loaded = ofPackage.loaded = 'before';
    process.env.SOME_VARIABLE = 'left';
    delete process.env.PATH;
    globalThis.fetch = undefined;
    jest.spyOn(JSON, 'parse');
    jest.useFakeTimers();
  });`;

test('a test file shares packages with others of its worker, and nothing else', () => {
  const rootDir = mkdtempSync(join(tmpdir(), 'test-files-'));
  mkdirSync(join(rootDir, 'node_modules', 'some-package'), { recursive: true });
  const files = {
    'node_modules/some-package/index.js': 'module.exports = { loaded: "new", list: [] };',
    'own.js': 'module.exports = { loaded: "new" };',
    'one.test.js': TEST_FILE,
    'two.test.js': TEST_FILE,
    'jest.config.json': JSON.stringify({
      rootDir, testEnvironment: join(__dirname, 'support', 'jest-environment.js'),
      runtime: join(__dirname, 'support', 'jest-runtime.js'),
    }),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(rootDir, name), content);

  const jest = join(__dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js');
  execFileSync(process.execPath, [jest, '--ci', '--runInBand'], { cwd: rootDir, stdio: 'pipe' });

  const notes = readFileSync(join(rootDir, 'notes'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as object);
  const clean = { own: 'new', isList: true, fetch: 'function', spied: false };
  expect(notes).toEqual([{ ...clean, ofPackage: 'new' }, { ...clean, ofPackage: 'before' }]);
});
