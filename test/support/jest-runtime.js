'use strict';
// Jest requires its runtime as it is, so that this is JavaScript.
const { AsyncLocalStorage } = require('node:async_hooks');
const { sep } = require('node:path');
const { Script } = require('node:vm');
const Runtime = require('jest-runtime').default;

const PACKAGES = `${sep}node_modules${sep}`;

/** Storages that the current test file uses, by itself or in modules that it loads. */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function noted(...args) {
  storages.add(this);
  return Reflect.apply(run, this, args);
};

/** Jest's runtime, whose modules are compiled as scripts. */
class ScriptRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    const compile = executor.compile.bind(executor);
    executor.compile = (code, filename) => compiled(code, filename, executor) ?? compile(code, filename);
  }
}

/** Has the modules of packages, which all test files of a worker share. */
let packages;

/**
 * Jest's runtime, without what costs more with each test file that a worker has run, and what each does anew.
 *
 * A test file has its own modules of this project. It shares those of packages, most of which are aws-cdk-lib's and the
 * AWS SDK's: they run once in a worker, and V8 keeps their code optimized. A mock of a package is seen by whoever requires
 * it by name, but not within packages.
 */
class SharingRuntime extends ScriptRuntime {
  constructor(...args) {
    super(...args);
    packages ??= new ScriptRuntime(...args);
  }

  requireModule(from, moduleName, options, isRequireActual) {
    return moduleName && !options?.isInternalModule && this.isOfPackage(from, moduleName)
      ? packages.requireModule(from, moduleName)
      : super.requireModule(from, moduleName, options, isRequireActual);
  }

  isOfPackage(from, moduleName) {
    const resolution = this._resolution;
    return !resolution.isCoreModule(moduleName) && resolution.resolveCjs(from, moduleName).includes(PACKAGES);
  }

  /**
   * Node.js copies every storage that was ever used into every promise, until it is disabled. Each test file has one of
   * Jest's and mostly one of the rehearsal's, and promises would keep alive what they hold.
   */
  teardown() {
    super.teardown();
    for (const storage of storages) storage.disable();
    storages.clear();
  }
}

/**
 * A module's function, compiled as a script: V8 knows scripts again that another test file had compiled, unless each
 * has its own way to import, such as Jest's, which CommonJS modules have no use for.
 *
 * @returns undefined where Jest has to say what is wrong
 */
function compiled(code, filename, { environment, injectedModuleParameters: parameters }) {
  const context = environment.getVmContext();
  if (context === null) return undefined;
  const head = `(function (${parameters.join(', ')}) {`;
  try {
    // The same lines and columns as those of the module.
    return new Script(`${head}${code}\n})`, { filename, columnOffset: -head.length }).runInContext(context);
  } catch {
    return undefined;
  }
}

module.exports = SharingRuntime;
