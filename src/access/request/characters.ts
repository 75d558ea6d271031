/** What shows as nothing, or turns around what is beside it: controls, directions, blanks but the usual one, characters that take no room. */
const unprintable = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}/u;

/** The line, its number from 1, and the code of the first character that a reader does not see as what it is; lines end in LF or CR LF. */
export function firstUnprintable(text: string): { readonly line: number; readonly code: string } | undefined {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const found = unprintable.exec(line)?.[0].codePointAt(0);
    if (found !== undefined) return { line: index + 1, code: `U+${found.toString(16).toUpperCase().padStart(4, '0')}` };
  }
  return undefined;
}
