import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every synthesis leaves a directory behind, thousands of them in all: they go to one of this run, which its end removes. */
export default function setUp(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'cdk-iot-fleet-audit-test-'));
}
