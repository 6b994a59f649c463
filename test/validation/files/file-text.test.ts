import { join } from 'path';
import { readText } from '../../../src/validation/files/file-text';
import { folderWith } from '../support/template-files';

/** The bytes that are read at a time. */
const CHUNK = 65_536;

function textOf(bytes: Buffer): string {
  return readText(join(folderWith({ text: bytes }), 'text'));
}

test.each([0, 1, 2, 3, 4, 5])('a character of four bytes is whole, %d bytes before the end of a chunk', (before) => {
  const text = `${'a'.repeat(CHUNK - before)}😀 and a €`;

  expect(textOf(Buffer.from(text)) === text).toBe(true);
});

test('a file of several chunks is read to its end', () => {
  const text = 'ä€😀'.repeat(CHUNK);

  expect(textOf(Buffer.from(text)) === text).toBe(true);
});

test.each([
  ['in the middle', Buffer.concat([Buffer.alloc(CHUNK - 1, 'a'), Buffer.from([0xe2, 0x82]), Buffer.from('b')])],
  ['at the end', Buffer.concat([Buffer.alloc(CHUNK - 1, 'a'), Buffer.from([0xf0, 0x9f])])],
])('bytes that are no character, %s, are replaced as in a whole buffer', (_, bytes) => {
  expect(textOf(bytes) === bytes.toString('utf8')).toBe(true);
  expect(textOf(bytes)).toContain('\uFFFD');
});

test('an empty file has an empty text', () => {
  expect(textOf(Buffer.alloc(0))).toBe('');
});
