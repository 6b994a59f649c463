import type { StagedPackage } from './staged-package';

/** The apps that examples/ has in every language, by the names of their stacks. */
export const APPS = ['AuditYourIotFleet', 'TakeOverAnAccount'] as const;

export type AppName = typeof APPS[number];

/** A language other than TypeScript in which the library is packed, and in which its apps run. */
export interface Language {
  readonly name: string;

  /** The version of aws-cdk-lib that its apps use. */
  readonly cdkVersion: string;

  /** What it needs and this machine has, such as `Java 17.0.15, Maven 3.8.7`; or what is missing. */
  readonly toolchain: { readonly found: string } | { readonly missing: string };

  /** Packs the library, makes the apps and synthesizes each into `directory/<name of the app>`; tells more. */
  synthesize(library: StagedPackage, directory: string): Promise<string | void>;

  /** What can be said about the package without its toolchain. Throws if that is wrong. */
  checkCode?(library: StagedPackage, directory: string): Promise<string>;
}

/** The name of an app in lower case, with a character between its words. */
export function inLowerCase(app: AppName, separator: string): string {
  return app.replace(/(?!^)[A-Z]/g, (letter) => separator + letter).toLowerCase();
}
