import { OutsideError } from '../../domain/errors.ts';

/** The forge, with replies of another shape than the API's documentation says reported as what they are: the client libraries check none. */
export function understood<T extends object>(forge: T, url: string): T {
  const { host } = new URL(url);
  const members = Object.entries(forge).map(([name, member]: [string, unknown]) => [name, isMethod(member) ? told(member, host) : member]);
  return Object.fromEntries(members) as T;
}

type Method = (...args: readonly unknown[]) => unknown;

const isMethod = (member: unknown): member is Method => typeof member === 'function';

const told =
  (method: Method, host: string): Method =>
  (...args) => {
    const result = method(...args);
    return result instanceof Promise ? result.catch((error: unknown) => misunderstood(error, host)) : result;
  };

function misunderstood(error: unknown, host: string): never {
  if (!Error.isError(error) || !['TypeError', 'RangeError', 'SyntaxError'].includes(error.name)) throw error;
  throw new OutsideError(host, `${host} answered with something else than its API promises; is a proxy in between?`, { cause: error });
}
