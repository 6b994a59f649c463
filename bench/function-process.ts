/** Imports a handler, as Lambda does, and prints the milliseconds that this took. */
import { processorTime } from './processor-time';

console.log(JSON.stringify(processorTime(() => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  if (typeof require(process.argv[2]).handler !== 'function') throw new Error('no handler');
})));
