/** Where the next page is: none, an address at the same registry, or one that is not followed. */
export type NextPage =
  | { readonly kind: 'end' }
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The `rel=next` of a `Link` header in the reply from `from`: relative or absolute, quoted or not, in angle brackets or (some
 * registries) without. An address that differs from the registry's in the scheme only is the registry behind a proxy and is asked by
 * the registry's scheme; another host never is, also when the reply itself came from there after a redirect.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function nextPage(header: string | undefined, from: string, registry: string): NextPage {
  const target = links(header ?? '').find(({ relation }) => relation === 'next')?.target;
  if (target === undefined) return { kind: 'end' };
  if (!URL.canParse(target, from)) return { kind: 'refused', reason: 'the registry’s link to the next page is not an address' };
  const [here, there] = [new URL(registry), new URL(target, from)];
  if (there.hostname !== here.hostname || (there.port !== here.port && there.protocol === here.protocol)) {
    return { kind: 'refused', reason: `the registry’s link to the next page leads to another host (${there.host}), which is not asked` };
  }
  return { kind: 'page', url: `${here.origin}${there.pathname}${there.search}` };
}

function links(header: string): { readonly target: string; readonly relation: string }[] {
  return entries(header).map((entry) => {
    const close = entry.startsWith('<') ? entry.indexOf('>') : entry.indexOf(';');
    const end = close < 0 ? entry.length : close;
    const relation = /;[ \t]*rel[ \t]*=[ \t]*(?:"[ \t]*)?([A-Za-z]+)/i.exec(entry.slice(end))?.[1] ?? '';
    return { target: entry.slice(entry.startsWith('<') ? 1 : 0, end).trim(), relation: relation.toLowerCase() };
  });
}

/** Splits at commas outside angle brackets: an address may hold some. */
function entries(header: string): string[] {
  const found: string[] = [];
  let start = 0;
  let inside = false;
  for (let at = 0; at <= header.length; at += 1) {
    const character = header[at];
    if (character === '<') inside = true;
    else if (character === '>') inside = false;
    if (character !== undefined && (character !== ',' || inside)) continue;
    found.push(header.slice(start, at).trim());
    start = at + 1;
  }
  return found.filter((entry) => entry !== '');
}
