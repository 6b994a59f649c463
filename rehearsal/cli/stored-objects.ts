import { gunzipSync } from 'node:zlib';
import { plural } from './event-words';
import type { NameOf } from './resource-names';
import type { StoredObject } from '../s3/buckets';
import type { SurroundingServices } from '../services/surrounding-services';

/** An object that a function has put into a bucket. */
export interface StoredObjectReport {
  /** The construct's name, or that of the bucket. */
  readonly bucket: string;
  readonly bucketName: string;
  readonly key: string;
  readonly bytes: number;
  /** Lines of a compressed file. */
  readonly lines?: number;
}

export function storedObjectsOf({ buckets }: SurroundingServices, names: NameOf): StoredObjectReport[] {
  return buckets.names.flatMap((bucketName) => buckets.objectsOf(bucketName).map((object) => ({
    bucket: names(bucketName), bucketName, key: object.key, bytes: object.body.length, ...linesOf(object),
  })));
}

export function storedObjectLines(objects: readonly StoredObjectReport[]): string[] {
  return [...new Set(objects.map(({ bucket }) => bucket))].flatMap((bucket) => [
    `  in ${bucket}`,
    ...objects.filter((object) => object.bucket === bucket).map(({ key, bytes, lines }) =>
      `    ${key}: ${lines === undefined ? '' : `${plural(lines, 'line')}, `}${bytes} bytes`),
  ]);
}

function linesOf({ key, body }: StoredObject): Pick<StoredObjectReport, 'lines'> {
  if (!key.endsWith('.gz')) return {};
  try {
    return { lines: gunzipSync(body).toString().split('\n').length - 1 };
  } catch {
    return {};
  }
}
