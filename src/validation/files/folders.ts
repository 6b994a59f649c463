import { Dirent, readdirSync } from 'fs';
import { join } from 'path';
import { isAssembly } from './cloud-assembly';
import { isFile } from './file-text';

/** Names of files that may hold templates. */
const TEMPLATE_NAME = /\.(cfn|json|template|ya?ml)$/i;

/** Limit that only folders reach which are no folder of templates. */
const MOST_FILES = 10_000;

/** What a folder holds. */
interface FolderContent {
  readonly files: readonly string[];
  readonly assemblies: readonly string[];
}

/** The files in a folder and in those within it; dependencies and hidden folders are left out. */
export function filesIn(folder: string): FolderContent {
  const files: string[] = [];
  const assemblies: string[] = [];
  const folders = [folder];
  for (let current = folders.pop(); current !== undefined && files.length < MOST_FILES; current = folders.pop()) {
    const found = entriesOf(current).filter(({ name }) => !name.startsWith('.') && name !== 'node_modules');
    for (const entry of found) {
      const path = join(current, entry.name);
      // Links to folders may lead in circles.
      if (!entry.isDirectory()) {
        if (TEMPLATE_NAME.test(entry.name) && isFile(path)) files.push(path);
      } else if (isAssembly(path)) {
        assemblies.push(path);
      } else {
        folders.push(path);
      }
    }
  }
  return { files: files.sort(), assemblies: assemblies.sort() };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
