import { Component, awscdk } from 'projen';

/**
 * Commits of the actions that the workflows use: a tag can be moved, a commit cannot.
 *
 * Each pair of version and commit was seen in at least two independent public repositories. To take a newer one, read
 * its changes and ask the repository of the action: `git ls-remote https://github.com/actions/checkout refs/tags/v7.0.1`.
 */
export const PINNED_ACTIONS: Record<string, { readonly version: string; readonly commit: string }> = {
  'actions/checkout': { version: 'v7.0.1', commit: '3d3c42e5aac5ba805825da76410c181273ba90b1' },
  'actions/download-artifact': { version: 'v8.0.1', commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c' },
  'actions/setup-dotnet': { version: 'v6.0.0', commit: 'a98b56852c35b8e3190ac28c8c2271da59106c68' },
  'actions/setup-go': { version: 'v7.0.0', commit: 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e' },
  'actions/setup-java': { version: 'v6.0.0', commit: 'dd06d9cba3e5552c54d9f8ea23572deb30010f7c' },
  'actions/setup-node': { version: 'v7.0.0', commit: '820762786026740c76f36085b0efc47a31fe5020' },
  'actions/setup-python': { version: 'v7.0.0', commit: '5fda3b95a4ea91299a34e894583c3862153e4b97' },
  'actions/upload-artifact': { version: 'v7.0.1', commit: '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a' },
  'peter-evans/create-pull-request': { version: 'v8.1.1', commit: '5f6978faf089d4d20b00c7766989d076bb2fc7f1' },
};

/** Makes every workflow use the pinned commits; `test/workflows.test.ts` holds that no other action slips in. */
export class PinnedActions extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    for (const [action, { commit }] of Object.entries(PINNED_ACTIONS)) {
      project.github?.actions.set(action, `${action}@${commit}`);
    }
  }
}
