import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { Installation, runApart } from './installation';
import { exactRatio, medianOf, ratioOf, Row } from './row';

const GOAL = 1.15;

/** A handler that does nothing with the clients of the AWS SDK that the function has. */
const EMPTY_HANDLER = `
const { CloudFormationClient } = require('@aws-sdk/client-cloudformation');
const { CloudWatchLogsClient } = require('@aws-sdk/client-cloudwatch-logs');
const { IoTClient } = require('@aws-sdk/client-iot');
const { LambdaClient } = require('@aws-sdk/client-lambda');
exports.handler = async () => {};
exports.clients = [CloudFormationClient, CloudWatchLogsClient, IoTClient, LambdaClient];
`;

/** What deploying and starting the function takes, beside a handler that is empty but for its clients. */
export function measureFunction(installation: Installation, rounds: number): Row[] {
  const starter = installation.script('function-process.ts');
  const handlers = { ours: join(installation.packageDirectory, 'assets', 'function', 'runtime', 'entry', 'index.js'), empty: installation.path('empty/index.js') };
  mkdirSync(installation.path('empty'));
  writeFileSync(handlers.empty, EMPTY_HANDLER);
  const times: Record<keyof typeof handlers, number[]> = { ours: [], empty: [] };
  for (let round = 0; round < rounds; round++) {
    for (const each of ['ours', 'empty'] as const) times[each].push(runApart<number>(starter, [handlers[each]]));
  }
  const ratio = ratioOf(times.ours, times.empty);
  const size = (file: string) => readFileSync(file).length;
  // A zip file is a little more than its compressed content.
  const zipped = (file: string) => deflateRawSync(readFileSync(file)).length;
  const beside = 'empty handler with the same clients of the SDK';
  return [
    {
      group: 'Function', what: 'start of the function', unit: 'ms', ours: medianOf(times.ours), beside, theirs: medianOf(times.empty), ratio,
      goal: { says: `within ${GOAL}`, met: ratio.median <= GOAL },
    },
    ...([['code', size], ['code as it is uploaded', zipped]] as const).map(([what, measure]): Row => {
      const [ours, theirs] = [measure(handlers.ours), measure(handlers.empty)];
      return { group: 'Function', what, unit: 'bytes', ours, beside, theirs, ratio: exactRatio(ours, theirs) };
    }),
  ];
}
