import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes';
import { jsii } from '../../package.json';

const ROOT = join(__dirname, '..', '..');

/** Packages in Java whose names are not those of aws-cdk-lib's modules. */
const PACKAGES: Readonly<Record<string, string>> = {
  'aws-cdk-lib': 'software.amazon.awscdk',
  'aws-cdk-lib/aws-cloudwatch-actions': 'software.amazon.awscdk.services.cloudwatch.actions',
  'aws-cdk-lib/aws-events-targets': 'software.amazon.awscdk.services.events.targets',
  'aws-cdk-lib/aws-sns-subscriptions': 'software.amazon.awscdk.services.sns.subscriptions',
  'aws-cdk-lib/custom-resources': 'software.amazon.awscdk.customresources',
  'cdk-iot-fleet-audit': jsii.targets.java.package,
  'constructs': 'software.constructs',
};

/** Types of variables that an example in Java names, and one in TypeScript does not. Editors import them. */
const INFERRED = ['software.amazon.awscdk.services.cloudwatch.Alarm', 'software.amazon.awscdk.services.sns.ITopic'];

/** jsii makes an `Object` of the variable of a loop. */
const NOT_TRANSLATED = /for \(const /;

interface Example {
  readonly fullSource: string;
  readonly translations: { readonly java: { readonly source: string } };
}

/** Compiles the examples of the documentation, as jsii translates them; answers how many there are. */
export async function compileExamples(classPath: string, directory: string): Promise<number> {
  mkdirSync(directory);
  const { snippets } = JSON.parse(readFileSync(join(ROOT, '.jsii.tabl.json'), 'utf8'));
  const files = Object.values<Example>(snippets).filter(({ fullSource }) => !NOT_TRANSLATED.test(fullSource))
    .map((example, index) => {
      const file = join(directory, `Example${index}.java`);
      writeFileSync(file, classOf(example, `Example${index}`));
      return file;
    });
  await run('javac', ['-proc:none', '-cp', classPath, '-d', join(directory, 'classes'), ...files]);
  return files.length;
}

/** A class with an example. What the example only declares is given to it. */
function classOf({ fullSource, translations: { java: { source } } }: Example, name: string): string {
  const imports = source.match(/^import .*;$/gm) ?? [];
  const declared = [...source.matchAll(/^([\w.]+) (\w+);$/gm)].map(([, type, variable]) => `${type} ${variable}`);
  const body = source.replace(/^import .*;$|^[\w.]+ \w+;$/gm, '');
  return [
    ...new Set([...importsOf(fullSource), ...imports]),
    `class ${name} extends software.amazon.awscdk.Stack {`, `void example(${declared.join(', ')}) {`, body, '}', '}', '',
  ].join('\n');
}

/** The names that an example uses, of what it or the fixture around it imports. */
function importsOf(source: string): string[] {
  const named = [...source.matchAll(/^import \{([^}]*)\} from '([^']*)';$/gm)].flatMap(([, names, module]) =>
    names.split(',').map((each) => each.trim()).filter(Boolean).map((each) => `${packageOf(module)}.${each}`));
  const spaces = [...source.matchAll(/^import \* as (\w+) from '([^']*)';$/gm)].flatMap(([, space, module]) => [
    `${packageOf(module)}.*`,
    ...[...source.matchAll(new RegExp(String.raw`\b${space}\.([A-Z]\w+)`, 'g'))].map(([, each]) => `${packageOf(module)}.${each}`),
  ]);
  return ['java.util.*', `${PACKAGES['aws-cdk-lib']}.*`, `${PACKAGES['cdk-iot-fleet-audit']}.*`, ...INFERRED, ...named, ...spaces]
    .map((each) => `import ${each};`);
}

function packageOf(module: string): string {
  return PACKAGES[module] ?? `software.amazon.awscdk.services.${module.replace(/^aws-cdk-lib\/aws-/, '').replaceAll('-', '.')}`;
}
