/** Cuts a text to a number of bytes, at a whole character. */
export function shorten(text: string, bytes: number): string {
  // eslint-disable-next-line no-control-regex
  const printable = text.replace(/[\u0000-\u001f]+/g, ' ');
  if (Buffer.byteLength(printable) <= bytes) {
    return printable;
  }
  const cut = Buffer.from(printable).subarray(0, bytes - 3).toString('utf8').replace(/\ufffd+$/, '');
  return `${cut}...`;
}
