import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Puts the directories that syntheses leave behind, thousands in all, into one that the end of the run removes. */
export default function setUp(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'cdk-iot-fleet-audit-test-'));
}
