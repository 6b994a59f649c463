import { createHash, randomUUID } from 'node:crypto';
import { FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Characters that are handed over for compression at once, and bytes that are read at once. */
const CHUNK = 64 * 1024;

/**
 * Rows in a compressed file. The file has no name, so that nothing of it is left behind when the process is killed.
 */
export class CompressedRows {
  /** Writes rows as they come. Memory holds a few of them at a time. */
  public static async write(rows: AsyncIterable<object> | Iterable<object>): Promise<CompressedRows> {
    const path = join(tmpdir(), `cdk-iot-fleet-audit-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
      const { count, bytes, sha256 } = await writeTo(file, rows);
      return new CompressedRows(file, count, bytes, sha256);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(
    private readonly file: FileHandle,

    /** The number of rows. */
    public readonly count: number,

    /** The size of the file. */
    public readonly bytes: number,

    /** The file's digest in Base64. */
    public readonly sha256: string,
  ) {}

  /** Reads the file from its beginning, as often as it takes. */
  public read(): Readable {
    const reading = Readable.from(this.chunks(), { objectMode: false });
    // An upload that was given up does not hear that the file is closed; another one would wait, and be tried again.
    reading.on('error', () => undefined);
    return reading;
  }

  public async close(): Promise<void> {
    await this.file.close();
  }

  private async *chunks(): AsyncGenerator<Buffer> {
    for (let position = 0; position < this.bytes;) {
      const { buffer, bytesRead } = await this.file.read(Buffer.alloc(CHUNK), 0, CHUNK, position);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

async function writeTo(
  file: FileHandle, rows: AsyncIterable<object> | Iterable<object>,
): Promise<Pick<CompressedRows, 'count' | 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let [count, bytes] = [0, 0];
  await pipeline(
    async function* () {
      let chunk = '';
      for await (const row of rows) {
        chunk += `${JSON.stringify(row)}\n`;
        count++;
        if (chunk.length >= CHUNK) {
          yield chunk;
          chunk = '';
        }
      }
      yield chunk;
    },
    createGzip(),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        await file.writeFile(chunk);
      }
    },
  );
  return { count, bytes, sha256: hash.digest('base64') };
}
