import { printable } from '../../private/printable';

/** A piece of HTML that holds nothing but what this program has written, and texts that are escaped. */
export class Html {
  constructor(public readonly text: string) {}
}

/** What a piece of HTML can be made of. Nothing comes of `undefined` and `false`. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/**
 * A piece of HTML. Whatever is put into it is a text, also between double quotes, unless it is HTML itself.
 *
 * Devices and people choose many of the texts. Their invisible characters are written as numbers.
 */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(pieces.map((piece, index) => piece + textOf(contents[index])).join(''));
}

function textOf(content: Content): string {
  if (content instanceof Html) {
    return content.text;
  }
  if (content === undefined || content === false) {
    return '';
  }
  return typeof content === 'object' ? content.map(textOf).join('') : escaped(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;', '`': '&#96;',
};

function escaped(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character]);
}

/**
 * JSON without a character that means something in HTML. It reads the same whether its reader takes it for the text of
 * an element or for the HTML in it, of which AWS says nothing.
 */
export function inertJson(value: object): Html {
  return new Html(JSON.stringify(value).replace(/[^ -~]|[&<>'`]/g, (character) => character.split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')));
}
