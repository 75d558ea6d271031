import { explain, OutsideError, UsageError } from '../../../domain/errors.ts';

/** What may be said of a database: `lockkeeper on db.example.com:5432`, never the password. */
export interface Address {
  readonly url: string;
  readonly host: string;
  readonly database: string;
  readonly user: string;
  readonly shown: string;
}

export function readAddress(url: string): Address {
  const parsed = URL.parse(url);
  if (parsed === null)
    throw new UsageError('store.url: expected postgres://USER:PASSWORD@HOST/DATABASE (a password with @ : / ? # % is percent-encoded)');
  const host = `${parsed.hostname}${parsed.port === '' ? '' : `:${parsed.port}`}`;
  const user = decodeURIComponent(parsed.username);
  const database = decodeURIComponent(parsed.pathname.slice(1)) || user;
  return { url, host, database, user, shown: `${database} on ${host}` };
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or the code of Node: what a person must change. */
const remedies: Readonly<Record<string, (address: Address) => string>> = {
  '28P01': ({ user }) => `the password of user "${user}" in store.url is wrong`,
  '28000': ({ user }) => `the server does not let user "${user}" in from here: check user and sslmode in store.url, and pg_hba.conf there`,
  '3D000': ({ database }) => `create it (CREATE DATABASE "${database}"), or name another in store.url`,
  ENOENT: () => 'a file that store.url names (sslrootcert, sslcert, sslkey) is not there',
  '42501': ({ user, database }) =>
    `give the user the right (GRANT CREATE ON DATABASE "${database}" TO "${user}"), or let it own the schemas`,
};

/** SQLSTATE of a server that goes, comes or is full, and of transactions that were in each other's way: it may work in a moment. */
const passing = new Set(['40001', '40P01', '57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006']);
const lost = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/;
const cut = /connection terminated|connection ended|timeout exceeded when trying to connect|not queryable/i;

const codeOf = (error: unknown): string => (Error.isError(error) && 'code' in error ? String(error.code) : '');

/** Whether the connection, not the statement, was at fault. */
export function isConnectionLoss(error: unknown): boolean {
  const all: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  if (Error.isError(error) && error.cause !== undefined && isConnectionLoss(error.cause)) return true;
  return all.some((one) => passing.has(codeOf(one)) || lost.test(codeOf(one)) || (Error.isError(one) && cut.test(one.message)));
}

/** The failure as the person meets it. Errors of ours pass through. */
export function told(address: Address, doing: string, cause: unknown): Error {
  if (cause instanceof UsageError || cause instanceof OutsideError) return cause;
  const said = cause instanceof AggregateError ? cause.errors.map(explain).join(', ') : explain(cause);
  const text = `store: ${doing} in database ${address.shown}: ${said}`;
  const remedy = remedies[codeOf(cause)];
  if (remedy !== undefined) return new UsageError(`${text}; ${remedy(address)}`, { cause });
  const advice = isConnectionLoss(cause) ? '; see that the server runs and can be reached from here' : '';
  return new OutsideError(address.host, `${text}${advice}`, { cause });
}
