// Stands in for Lambda's Node.js runtime, once per invocation: reads { handler, event, context } from its standard input.
'use strict';
const { readFileSync } = require('node:fs');
const path = require('node:path');

async function loadHandler(handler) {
  const dot = handler.lastIndexOf('.');
  const file = path.resolve(process.cwd(), handler.slice(0, dot));
  let module;
  try {
    module = require(file);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes(file)) throw error;
    module = await import(`${file}.mjs`);
  }
  return module[handler.slice(dot + 1)];
}

async function invoke() {
  const { handler, event, context: { deadline, ...context } } = JSON.parse(readFileSync(0, 'utf8'));
  const handle = await loadHandler(handler);
  if (handle.length > 2) throw new Error('Handlers with a callback are not supported, as in the current Node.js runtimes of Lambda.');
  await handle(event, { ...context, getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) });
}

invoke().then(
  // Lambda freezes a function that has returned.
  () => process.exit(0),
  (error) => {
    process.stdout.write(`${JSON.stringify({ level: 'ERROR', errorType: error?.name, errorMessage: error?.message, stack: error?.stack })}\n`);
    process.exit(1);
  },
);
