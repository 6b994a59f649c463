import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failed } from '../cloudformation/resource-handler';

/** The code of functions: assets of the assemblies deployed so far, and files for inline code. */
export class FunctionCode {
  private readonly assets = new Map<string, string>();
  private readonly inlineDirectories: string[] = [];

  /** Adds assets, which the CDK uploads before it deploys: file or directory by object key. */
  publish(assets: ReadonlyMap<string, string>): void {
    for (const [objectKey, path] of assets) this.assets.set(objectKey, path);
  }

  /** The directory with the code that the property `Code` of a function names; undefined for an archive or an image. */
  directoryOf({ ZipFile, S3Key, ImageUri }: {
    readonly ZipFile?: string; readonly S3Key?: string; readonly ImageUri?: string;
  }): string | undefined {
    if (ImageUri !== undefined) return undefined;
    if (ZipFile !== undefined) {
      const directory = mkdtempSync(join(tmpdir(), 'rehearsed-function-'));
      this.inlineDirectories.push(directory);
      writeFileSync(join(directory, 'index.js'), ZipFile);
      return directory;
    }
    const path = this.assets.get(String(S3Key));
    if (path === undefined || !existsSync(path)) {
      throw failed(
        'InvalidRequest',
        `Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: no asset has the key ${S3Key}`,
      );
    }
    return statSync(path).isDirectory() ? path : undefined;
  }

  remove(): void {
    for (const directory of this.inlineDirectories) rmSync(directory, { recursive: true, force: true });
  }
}
