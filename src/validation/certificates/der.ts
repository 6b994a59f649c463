/** One element of DER: its tag and its content. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;

  /** The element with tag and length. */
  readonly encoded: Buffer;
}

export const SEQUENCE = 0x30;

/** The elements that follow each other in DER. Throws what is malformed. */
export function derElements(der: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < der.length;) {
    const { tag, start, end } = header(der, offset);
    elements.push({ tag, content: der.subarray(start, end), encoded: der.subarray(offset, end) });
    offset = end;
  }
  return elements;
}

function header(der: Buffer, offset: number): { tag: number; start: number; end: number } {
  const tag = der[offset];
  const first = der[offset + 1];
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === undefined || lengthBytes > 4 || first === 0x80) throw new Error('malformed length');
  const start = offset + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : der.readUIntBE(offset + 2, lengthBytes);
  if (start + length > der.length) throw new Error('truncated');
  return { tag, start, end: start + length };
}
