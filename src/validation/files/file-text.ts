import { closeSync, openSync, readSync, Stats, statSync } from 'fs';
import { StringDecoder } from 'string_decoder';
import { UnreadableText } from './parsed-text';

/** Limit that only files reach which are no templates. */
const LONGEST = 100_000_000;

/** Bytes to read at a time: more would be given back late by Node.js, for each of many files. */
const CHUNK = 65_536;

/**
 * Reads a file, which may be a pipe.
 *
 * @throws UnreadableText
 */
export function readText(path: string): string {
  try {
    return readAll(path);
  } catch (error) {
    throw error instanceof UnreadableText ? error : new UnreadableText(whyUnreadable(error));
  }
}

/** True if there is a folder at a path. */
export function isFolder(path: string): boolean {
  return kindOf(path)?.isDirectory() ?? false;
}

/** True if there is a file at a path, and no pipe, which could be read only once. */
export function isFile(path: string): boolean {
  return kindOf(path)?.isFile() ?? false;
}

function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readAll(path: string): string {
  const file = openSync(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.allocUnsafe(CHUNK);
    let text = '';
    for (let length = 0; ;) {
      const read = readSync(file, chunk, 0, CHUNK, null);
      if (read === 0) return text + decoder.end();
      text += decoder.write(chunk.subarray(0, read));
      length += read;
      if (length > LONGEST) throw new UnreadableText(`it has more than ${LONGEST} bytes`);
    }
  } finally {
    closeSync(file);
  }
}

function whyUnreadable(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'the file may not be read';
    default:
      return 'the file cannot be read';
  }
}
