// Lambda's Node.js runtime for one invocation: reads { handler, event, context } from its standard input, and writes what
// the handler returns or throws to its fourth stream, as { status, value } or { status, error }.
'use strict';
const { readFileSync, writeSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

/** Modules that Lambda has. The rehearsal has some of them; where one is missing, the function is not rehearsed. */
const OF_LAMBDA = /^(aws-sdk|@aws-sdk|@smithy)(\/|$)/;
const MODULE_IS_MISSING = 93;
const OUTCOME = 3;

function endFor(missing) {
  writeSync(2, `rehearsal: no module ${missing}\n`);
  process.exit(MODULE_IS_MISSING);
}

// Before the code of the function can make an error of its own of it.
const { _resolveFilename: resolveFilename } = Module;
Module._resolveFilename = (request, ...others) => {
  try {
    return resolveFilename.call(Module, request, ...others);
  } catch (error) {
    if (OF_LAMBDA.test(request)) endFor(request);
    throw error;
  }
};

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
  return handle(event, { ...context, getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) });
}

function tell(outcome) {
  const text = Buffer.from(outcome);
  for (let written = 0; written < text.length;) {
    try {
      written += writeSync(OUTCOME, text, written);
    } catch (error) {
      // The reader is slower.
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

invoke().then((value) => JSON.stringify({ status: 'succeeded', value: value ?? null })).then(
  (outcome) => {
    tell(outcome);
    // Lambda freezes a function that has returned.
    process.exit(0);
  },
  (error) => {
    // ES modules are not looked up along NODE_PATH.
    const missing = error?.code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package '([^']+)'/.exec(error.message)?.[1];
    if (missing && OF_LAMBDA.test(missing)) endFor(missing);
    const { name: errorType, message: errorMessage, stack } = error ?? {};
    process.stdout.write(`${JSON.stringify({ level: 'ERROR', errorType, errorMessage, stack })}\n`);
    const trace = String(stack ?? '').split('\n');
    const told = { errorType: errorType ?? 'Error', errorMessage: errorMessage ?? String(error), trace };
    tell(JSON.stringify({ status: 'failed', error: told }));
    process.exit(1);
  },
);
