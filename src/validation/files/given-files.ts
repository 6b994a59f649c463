import { resolve } from 'path';
import { isAssembly, KnownStack, stacksOfAssembly } from './cloud-assembly';
import { isFolder } from './file-text';
import { filesIn } from './folders';
import { UnreadableText } from './parsed-text';
import { UnreadableTemplate } from '../templates/fleet-templates';

/** A text that comes from no file, such as standard input. */
export interface StandardInput {
  /** What findings call it. */
  readonly name: string;
  readonly text: string;
}

/** A file that may hold a template. */
export interface GivenFile {
  /** The path, as the user or a cloud assembly writes it. */
  readonly path: string;

  /** Its text, if it comes from no file. */
  readonly text?: string;

  /** True if the user named it, so that not to read it is an error. */
  readonly isGiven: boolean;

  /** The stack that a cloud assembly makes of it. */
  readonly stack?: KnownStack;
}

/** A folder with templates. */
export interface GivenFolder {
  readonly path: string;
  readonly files: readonly string[];
  readonly isGiven: boolean;
}

/** Lists the files that users give: by name, in folders, or with a cloud assembly. Each is there once. */
export class GivenFiles {
  readonly unreadable: UnreadableTemplate[] = [];
  readonly folders: GivenFolder[] = [];

  private readonly byPath = new Map<string, GivenFile>();

  get files(): readonly GivenFile[] {
    return [...this.byPath.values()];
  }

  add(input: string | StandardInput, isGiven: boolean): void {
    if (typeof input !== 'string') {
      this.byPath.set(input.name, { path: input.name, text: input.text, isGiven });
    } else if (isAssembly(input)) {
      this.addAssembly(input, isGiven);
    } else if (isFolder(input)) {
      this.addFolder(input, isGiven);
    } else {
      this.addFile({ path: input, isGiven });
    }
  }

  private addFolder(path: string, isGiven: boolean): void {
    const { assemblies, files } = filesIn(path);
    assemblies.forEach((assembly) => this.addAssembly(assembly, isGiven));
    files.forEach((file) => this.addFile({ path: file, isGiven: false }));
    if (assemblies.length === 0) this.folders.push({ path, files, isGiven });
  }

  private addAssembly(path: string, isGiven: boolean): void {
    try {
      for (const { templatePath, ...stack } of stacksOfAssembly(path)) {
        this.addFile({ path: templatePath, isGiven, stack });
      }
    } catch (error) {
      if (!(error instanceof UnreadableText)) throw error;
      this.unreadable.push({ templatePath: path, isGiven, reason: error.reason, line: error.line });
    }
  }

  private addFile(file: GivenFile): void {
    const key = resolve(file.path);
    const other = this.byPath.get(key);
    const isGiven = file.isGiven || (other?.isGiven ?? false);
    this.byPath.set(key, other ? { ...other, isGiven, stack: other.stack ?? file.stack } : file);
  }
}
