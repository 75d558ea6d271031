/** What a forge would act on, if it stood in a description; code is looked at like any other text, our own links are not. */
const live: Readonly<Record<string, RegExp>> = {
  mention: /@[\w.-]/,
  reference: /[#!]\d/,
  'reference of GitLab': /[%~^][\w"]|&\d|(?<!\\)\$\w|\bG[LH]-\d/i,
  html: /<(?!\u200b)[a-z!/?]/i,
  image: /!\[/,
  // In code a path (`/etc/hosts`) may stand at a line's start: no forge has such a command.
  'quick action': /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?[/\uff0f]\w+(?![\w/.\u200b])/m,
  'closing keyword': /(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):? +\[?(?:[\w./-]*#\d|https?:)/i,
  marker: /<!-- lockkeeper/,
  invisible: /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u2060\ufeff\u00ad]|[^\P{Cc}\n]/u,
  script: /(?<!\\)\]\((?!https?:\/\/)/,
};

/** Names of what is live in the text. HTML inside code is none: pass `code: true` to take code out first. */
export function liveIn(text: string): string[] {
  const withoutLinks = text.replaceAll(/\]\(https?:\/\/[^\s()]*\)/g, '](https://link)');
  const withoutCode = dropCode(withoutLinks);
  // Forges look for references in no link's text.
  const withoutText = withoutCode.replaceAll(/\[(?:\\.|[^\]\\])*\]\(https:\/\/link\)/g, 'link');
  const textFor = (name: string): string => {
    if (name.startsWith('reference')) return withoutText;
    return ['html', 'image', 'script'].includes(name) ? withoutCode : withoutLinks;
  };
  return Object.entries(live).flatMap(([name, pattern]) => (pattern.test(textFor(name)) ? [name] : []));
}

function dropCode(text: string): string {
  const lines: string[] = [];
  let fence = '';
  for (const line of text.split('\n')) {
    const [marks = ''] = /^`{3,}(?=[^`]*$)/.exec(line) ?? [];
    if (fence === '' && marks !== '') fence = marks;
    else if (fence !== '' && line === fence) fence = '';
    else if (fence === '') lines.push(line.replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, 'code'));
  }
  return lines.join('\n');
}
