/** A command of GitHub begins a line; colours may precede it. */
const AT_THE_START = /^((?:\s|\u001b\[\d+m)*)::/;

/** The commands of Azure Pipelines and TeamCity, and the older ones of GitHub: `##vso[`, `##teamcity[`, `##[`. */
const WITHIN = /##(?=\w*\[)/g;

/**
 * A line of a text report without commands to the code host in whose log it is printed: names in templates, and names
 * of files, may hold some. What is replaced is written as `printable` writes characters.
 */
export function withoutLogCommands(line: string): string {
  return line.replace(AT_THE_START, '$1\\u{3A}:').replace(WITHIN, '#\\u{23}');
}

/** The same for JSON, in which such characters occur only within strings. */
export function jsonWithoutLogCommands(json: string): string {
  return json.replaceAll('##', '#\\u0023');
}
