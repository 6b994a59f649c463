import { Component, awscdk } from 'projen';

/** What is checked: a generated file has no links of ours but those of the docstrings, which are in the sources. */
const DOCUMENTS = ['*.md', 'docs', 'examples', '.github'];

/** Checks, offline, that each link of the documentation leads to a file and a heading: `npx projen links`. */
export class DocumentationLinks extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    project.addTask('links', {
      description: 'Check the links of the documentation, offline',
      exec: `remark --quiet --frail --no-stdout ${DOCUMENTS.join(' ')}`,
    });
  }
}
