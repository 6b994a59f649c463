/** Imports a handler, as Lambda does, and prints the milliseconds that this took. */
import { processorTime } from './processor-time';

const [, , handler] = process.argv;
console.log(JSON.stringify(processorTime(() => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  if (handler !== undefined && typeof require(handler).handler !== 'function') throw new Error('no handler');
})));
