import { readFileSync } from 'fs';
import { JsonLines } from './json-lines';
import { Finding } from '../finding';

/** A line of a file that a finding is about. */
export interface FindingPlace {
  readonly path: string;

  /** From 1. */
  readonly line: number;
}

/** Finds the lines of findings in the files of their templates. */
export class FindingPlaces {
  private readonly files = new Map<string, JsonLines | undefined>();

  /** The places of a finding, one for each of its locations; none if it is about no file. */
  of(finding: Finding): FindingPlace[] {
    const { resource, locations } = finding;
    const path = pathOf(finding);
    if (path === undefined) return [];
    const lines = this.linesOf(path);
    const within = resource ? ['Resources', resource.logicalId] : [];
    return (locations.length > 0 ? locations : [[]])
      .map((location) => ({ path, line: lines?.lineOf([...within, ...location]) ?? 1 }));
  }

  private linesOf(path: string): JsonLines | undefined {
    if (!this.files.has(path)) this.files.set(path, readLines(path));
    return this.files.get(path);
  }
}

/** The file that a finding is about. */
export function pathOf({ template, templatePath }: Finding): string | undefined {
  return template?.templatePath ?? templatePath;
}

function readLines(path: string): JsonLines | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return new JsonLines(text);
  } catch {
    return undefined;
  }
}
