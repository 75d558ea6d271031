import { UsageError } from '../../../domain/errors.ts';

/** GitLab's address without a trailing slash. Throws UsageError for one that is none. */
export function addressOf({ name, url }: { readonly name: string; readonly url: string }): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`forges.${name}.url: ${url} is not an address; write one like https://gitlab.example.com`);
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/(?<!\/)\/+$/, '');
}
