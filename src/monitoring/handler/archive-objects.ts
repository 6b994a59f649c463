import { CompressedRows } from './compressed-rows';
import { Invocation } from '../../function/runtime/invocation';
import { asError } from '../../function/runtime/log';

/** Milliseconds that an upload may take: a file of a million findings has less than 100 MB. */
export const LONGEST_UPLOAD = 60_000;

/** S3's words for: another upload of the same object is under way. */
const CONFLICT = 'ConditionalRequestConflict';

/** S3's words for: the object is there. */
const EXISTS = 'PreconditionFailed';

/** Of a stream that broke, the SDK does not say that this was a call. It would pass for an error of this program. */
function failCall(thrown: unknown): never {
  const error: Error & { $metadata?: object } = asError(thrown);
  throw Object.assign(error, { $metadata: error.$metadata ?? {} });
}

/** The objects of an archive. An object that exists is never replaced. */
export class ArchiveObjects {
  constructor(private readonly bucketName: string, private readonly invocation: Invocation) {}

  /** The keys of the objects that exist, and begin with a text. A thousand at most: an audit has fewer files. */
  public async keys(prefix: string): Promise<ReadonlySet<string>> {
    const s3 = this.invocation.clients.s3();
    const { Contents: objects = [] } = await this.invocation.ask(
      (options) => s3.listObjectsV2({ Bucket: this.bucketName, Prefix: prefix }, options));
    return new Set(objects.flatMap(({ Key: key }) => key ?? []));
  }

  /**
   * Creates an object. If it exists, whoever came first has written the same audit, so it stays.
   *
   * S3 compares the digest with what has arrived. A bucket with Object Lock asks for one.
   *
   * @returns true if it was not there before
   */
  public async create(key: string, rows: CompressedRows): Promise<boolean> {
    const { calls, clients, until } = this.invocation;
    const s3 = clients.s3();
    const retryRefusal = ({ name }: Error) => name === CONFLICT;
    try {
      await calls.persistently({ until, retryRefusal, callTimeout: LONGEST_UPLOAD }, (options) => s3.putObject({
        Bucket: this.bucketName,
        Key: key,
        Body: rows.read(),
        ContentLength: rows.bytes,
        ContentType: 'application/gzip',
        ChecksumSHA256: rows.sha256,
        IfNoneMatch: '*',
      }, options).catch(failCall));
      return true;
    } catch (error) {
      if (asError(error).name !== EXISTS) {
        throw error;
      }
      return false;
    }
  }
}
