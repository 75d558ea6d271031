/** Separates what a forge would otherwise read as one word; invisible, and no forge's reference pattern reads across it. */
export const gap = '\u200b';

const emoji = '\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f\\u20e3\\d#*';
/** Invisible characters, except those that hold an emoji together. */
const invisible = new RegExp(`(?<![${emoji}])[\\ufe0f\\u200d]|(?![\\ufe0f\\u200d])\\p{Default_Ignorable_Code_Point}`, 'gu');
/** Controls but for tab and line feed, directions, private use. */
const control = /[^\P{C}\t\n\p{Cf}]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/gu;
const lookAlikes: Readonly<Record<string, string>> = {
  '\uff20': '@',
  '\ufe6b': '@',
  '\uff03': '#',
  '\ufe5f': '#',
  '\uff0f': '/',
  '\u2044': '/',
  '\u2215': '/',
  '\uff1c': '<',
  '\ufe64': '<',
  '\uff1e': '>',
  '\ufe65': '>',
};
const lookAlike = /[\uff20\ufe6b\uff03\ufe5f\uff0f\u2044\u2215\uff1c\ufe64\uff1e\ufe65]/g;

/** Text from outside without what nobody can see (controls, directions, zero-width characters) and with look-alikes of `@ # / < >` as what they look like. Line ends become `\n`. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replaceAll(invisible, '')
    .replaceAll(control, '')
    .replaceAll(lookAlike, (character) => lookAlikes[character] ?? character);
}
