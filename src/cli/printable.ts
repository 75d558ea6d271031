/** Text with the characters that steer a terminal (escape sequences, carriage returns, reversed writing) made visible; lines and tabs stay. */
export const printable = (text: string): string =>
  text.replaceAll(/(?![\n\t])[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
