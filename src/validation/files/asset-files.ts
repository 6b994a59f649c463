import { readdirSync } from 'fs';
import { join } from 'path';
import { readText } from './file-text';
import { UnreadableText } from './parsed-text';
import { parseText } from './template-text';
import { isJsonObject } from '../templates/template';

/** The files of a cloud assembly's folder that CDK uploads, by their hash. */
export function assetFilesIn(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of assetManifestsIn(folder)) {
    for (const [hash, asset] of Object.entries(assetsOf(join(folder, name)))) {
      if (isJsonObject(asset) && isJsonObject(asset.source) && typeof asset.source.path === 'string') {
        files.set(hash, asset.source.path);
      }
    }
  }
  return files;
}

function assetManifestsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.assets.json'));
  } catch {
    return [];
  }
}

function assetsOf(path: string): object {
  try {
    const { json } = parseText(readText(path));
    return isJsonObject(json) && isJsonObject(json.files) ? json.files : {};
  } catch (error) {
    if (error instanceof UnreadableText) return {};
    throw error;
  }
}
