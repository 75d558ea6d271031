const longest = 500;

/** https://docs.slack.dev/messaging/formatting-message-text/#escaping: after that nothing is a mention, a channel or a link. One line, cut. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/\s+/g, ' ').slice(0, longest);

/** The text leads to the URL; just the text where there is none. */
export const linked = (url: string, text: string): string => (url === '' ? escaped(text) : `<${linkOf(url)}|${escaped(text)}>`);

const linkOf = (url: string): string => encodeURI(decodeURI(url)).replaceAll(/[|<>]/g, encodeURIComponent);
