/** How often any of the characters stands in a text; counting ends beyond `most`. What a parser makes of a text grows with its signs, to a hundred times its bytes. */
export function countSigns(text: string, signs: string, most = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (const sign of signs) for (let at = text.indexOf(sign); at >= 0 && count <= most; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}
