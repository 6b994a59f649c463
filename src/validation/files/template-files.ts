import { FileTexts } from './file-texts';
import { GivenFile, GivenFiles, StandardInput } from './given-files';
import { OtherFile, otherFile } from './other-files';
import { ParsedText, UnreadableText } from './parsed-text';
import { StackTree } from './stack-tree';
import { FleetTemplates, KnownParameters, SkippedFile, UnreadableTemplate } from '../templates/fleet-templates';
import { isJsonObject } from '../templates/template';

export interface ReadTemplateFilesOptions {
  /** Files that the user did not give by name, but by a pattern. Those that hold no templates are skipped. */
  readonly found?: readonly string[];

  /** The region of templates, unless a cloud assembly tells it. */
  readonly region?: string;
}

/**
 * Reads the templates of files, which are deployed together. It does not throw.
 *
 * @param given files; folders with a cloud assembly, or with templates; texts
 */
export function readTemplateFiles(
  given: readonly (string | StandardInput)[], parameters: KnownParameters,
  { found = [], region }: ReadTemplateFilesOptions = {},
): FleetTemplates {
  const inputs = new GivenFiles();
  given.forEach((input) => inputs.add(input, true));
  found.forEach((input) => inputs.add(input, false));

  const texts = new FileTexts();
  const tree = new StackTree(texts, region);
  const unreadable: UnreadableTemplate[] = [...inputs.unreadable];
  const skipped: SkippedFile[] = [];
  for (const file of inputs.files) {
    const { path: templatePath, isGiven, stack } = file;
    const place = { templatePath, stackConstructPath: stack?.stackConstructPath, isGiven };
    try {
      const parsed = texts.read(templatePath, file.text);
      const other = whyNoTemplate(file, parsed);
      if (!other) tree.add(file, parsed);
      else if (isGiven) unreadable.push({ ...place, ...other });
      else skipped.push({ path: templatePath, reason: other.reason });
      if (!other && parsed.isFollowed) unreadable.push({ ...place, reason: 'another document follows the template' });
    } catch (error) {
      if (!(error instanceof UnreadableText)) throw error;
      if (isGiven || error.mayBeTemplate) unreadable.push({ ...place, reason: error.reason, line: error.line });
      else skipped.push({ path: templatePath, reason: error.reason });
    }
  }
  const noTemplates = new Set(skipped.map(({ path }) => path));
  for (const { path, files, isGiven } of inputs.folders) {
    if (files.some((file) => !noTemplates.has(file))) continue;
    unreadable.push({ templatePath: path, isGiven, reason: 'the folder holds no template' });
  }
  const stacks = tree.build();
  return new FleetTemplates(stacks.templates, [...unreadable, ...stacks.unreadable], parameters, skipped);
}

/** What a file is that holds no template. Stacks of CDK apps may be empty. */
function whyNoTemplate({ stack }: GivenFile, { json }: ParsedText): OtherFile | undefined {
  return stack && isJsonObject(json) ? undefined : otherFile(json);
}
