'use strict';
// Jest requires its environment as it is, so that this is JavaScript.
const { constants, createContext } = require('node:vm');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { installCommonGlobals } = require('jest-util');

/** What a context must have of Node.js itself, since Node.js hands out objects of these classes. */
const CLASSES = { Buffer, ArrayBuffer, Uint8Array };

/** What belongs to the outer context alone. */
const FOREIGN = ['GLOBAL', 'root', 'global', 'globalThis'];

/** What Jest notes of a test file in the global object. */
const OF_TEST_FILE = [
  '__coverage__',
  ...[
    'EVENT_HANDLERS', 'LOG_ERRORS_BEFORE_RETRY', 'RETRY_IMMEDIATELY', 'RETRY_TIMES', 'RETRY_TIMES_SETTER',
    'TEST_TIMEOUT_SYMBOL', 'WAIT_BEFORE_RETRY',
  ].map((name) => Symbol.for(name)),
];

/** The context of this worker, and what makes it again what it was before a test file. */
let worker;

/**
 * The environment of Node.js, in one context for all test files of a worker, so that they can share what packages
 * export (see jest-runtime.js).
 *
 * Its global is an ordinary object. Jest's own asks a proxy at each access to a global, which takes a tenth of the time of
 * handlers' tests.
 */
class WorkerEnvironment {
  constructor({ projectConfig }) {
    worker ??= contextOf(projectConfig);
    this.global = worker.global;
    this.moduleMocker = new ModuleMocker(this.global);
    this.fakeTimers = null;
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: this.global });
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    worker.restore();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return this.global;
  }
}

function contextOf({ globals }) {
  const global = createContext(constants.DONT_CONTEXTIFY);
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    if (!FOREIGN.includes(name) && !(name in global)) Object.defineProperty(global, name, forwarded(name, property));
  }
  Object.assign(global, CLASSES, { global });
  installCommonGlobals(global, globals);
  // As many as in Jest's own environment: ten are few where a test fails.
  global.Error.stackTraceLimit = 100;
  const { process } = global;
  const restores = [restorer(global), restorer(process), restorerOfVariables(process.env)];
  return { global, restore: () => restores.forEach((restore) => restore()) };
}

/** A property of a global object for another one, of which Node.js's own getters want to know nothing. */
function forwarded(name, property) {
  if (!property.get) return property;
  const { configurable, enumerable } = property;
  return {
    configurable,
    enumerable,
    get: () => globalThis[name],
    set: function set(value) {
      Object.defineProperty(this, name, { configurable, enumerable, writable: true, value });
    },
  };
}

/** A function that gives an object the values that it has now, and takes away what a test file has of its own. */
function restorer(object) {
  const properties = Object.getOwnPropertyDescriptors(object);
  return () => {
    for (const key of Reflect.ownKeys(object)) {
      if (isOfTestFile(key) && !Object.hasOwn(properties, key)) Reflect.deleteProperty(object, key);
    }
    Object.defineProperties(object, properties);
  };
}

/** Of the others, some are those of packages, such as the tokens of aws-cdk-lib. */
function isOfTestFile(key) {
  return OF_TEST_FILE.includes(key) || (typeof key === 'symbol' && Symbol.keyFor(key) === undefined);
}

function restorerOfVariables(env) {
  const variables = { ...env };
  return () => {
    for (const name of Object.keys(env)) delete env[name];
    Object.assign(env, variables);
  };
}

module.exports = WorkerEnvironment;
