import { collection } from '../../domain/api-path.ts';
import { isFine, isThere, statusOf } from '../../domain/api-status.ts';
import type { ChecklistSeverity } from '../../domain/checklist.ts';
import type { ApiReply, ApiServer, ServedKind } from '../../domain/cluster.ts';
import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { jsonOf } from '../../manifests/kubernetes-value.ts';
import { written } from '../../plan/field-path.ts';
import { didYouMean, helpFor } from '../../plan/help.ts';
import { misfits, type Problem, problemsOf, warned, writtenTwice } from '../../plan/reply.ts';
import { copied } from './copied.ts';
import { found } from './found.ts';
import { isLocal, withoutLocal } from './local-limits.ts';
import { type Mend, meant, touches, withMended } from './mend.ts';
import { type Described, mayNotApply, namesAt, type Schema, type Schemas } from './schema.ts';

export interface Judging {
  readonly server: ApiServer;
  readonly schemas: Schemas;
  readonly deprecated: ChecklistSeverity;
  readonly signal: AbortSignal;
}

export type JudgedKind = ServedKind & { readonly schema?: unknown };

const query = 'dryRun=All&fieldManager=lockkeeper&fieldValidation=Warn';
/** After so many fields that could not be decoded, the rest waits for the next time. */
const mostMends = 20;

/** All that the server has against one object. */
export async function judgeObject(object: DesiredObject, kind: JudgedKind, judging: Judging): Promise<Finding[]> {
  const reply = await post(object, kind, judging, object.body, object.type);
  const refused = isFine(reply) ? { problems: [], mends: [] } : await refusals(object, kind, judging, reply);
  const known = [...copied(object), ...refused.problems, ...warned(await allWarnings(object, kind, judging, reply.warnings), object)];
  const stopping = [...copied(object), ...known.filter(({ unknown }) => unknown === true)].map(({ path }) => ({ path }));
  const applied = await applyProblems(object, kind, judging, { posted: reply, mends: [...refused.mends, ...stopping] });
  const fresh = applied.filter((one) => !known.some((other) => other.grave && samePlace(one, other)));
  const said = fresh.length === 0 ? known : known.filter(({ grave, message }) => grave || !/duplicate|when using apply/.test(message));
  return findings(object, kind, judging, [...said, ...fresh]);
}

const post = (
  object: DesiredObject,
  kind: JudgedKind,
  { server, signal }: Judging,
  body: Uint8Array | string,
  type: string,
): Promise<ApiReply> =>
  server.ask({ method: 'POST', path: `${collection(kind, object.namespace)}?${query}`, body, type, verdictOnly: true }, signal);

/** A server gives a hundred warnings, and 4 KiB of them in all; asked to be strict, it names a hundred of the gravest, however long. */
const cutAfter = 3500;
const mostNamed = 100;

async function allWarnings(
  object: DesiredObject,
  kind: JudgedKind,
  judging: Judging,
  warnings: readonly string[],
): Promise<readonly string[]> {
  if (warnings.length < mostNamed && warnings.join('').length < cutAfter) return warnings;
  const { server, signal } = judging;
  const path = `${collection(kind, object.namespace)}?${query.replace('=Warn', '=Strict')}`;
  const reply = await server.ask({ method: 'POST', path, body: object.body, type: object.type, verdictOnly: true }, signal);
  const said = / strict decoding error: (.*)$/s.exec(statusOf(reply).message)?.[1] ?? '';
  const strict = said.split(/, (?=unknown field "|duplicate field "|line \d+: )/).filter(Boolean);
  const more = strict.length < mostNamed ? [] : [`more may follow: the server names ${mostNamed} of those fields at the most`];
  return [...new Set([...warnings, ...strict, ...more])];
}

/** What was said of a field twice, in two ways. */
const samePlace = (one: Problem, other: Problem): boolean =>
  one.message === other.message || (one.path.length > 0 && written(one.path) === written(other.path));

/** Every reason, also those behind a first one that keeps the server from looking further; and what had to be mended to come to them. */
async function refusals(object: DesiredObject, kind: JudgedKind, judging: Judging, first: ApiReply): Promise<Refusals> {
  const undecodable = isDecoding(first);
  const described = undecodable ? await describe(object, kind, judging) : undefined;
  const problems: Problem[] = undecodable ? writtenTwice(object) : [];
  const mends: Mend[] = [];
  for (let reply = first; !isFine(reply); ) {
    const status = statusOf(reply);
    const again = isDecoding(reply)
      ? meant(status.message, object, described).filter((one) => !isKnown(one, mends))
      : withoutLocal(status, object, mends, judging.server.throwAway);
    problems.push(...(isDecoding(reply) ? undecoded(status.message, again) : reasons(object, reply, mends, judging)));
    if (again.length === 0 || mends.length > mostMends) break;
    mends.push(...again);
    reply = await post(object, kind, judging, jsonOf(withMended(object.value, mends)), 'application/json');
    if (undecodable) problems.push(...warned(reply.warnings, object));
  }
  return { problems, mends };
}

interface Refusals {
  readonly problems: readonly Problem[];
  readonly mends: readonly Mend[];
}

const isKnown = ({ path }: Mend, mends: readonly Mend[]): boolean => mends.some((one) => written(one.path) === written(path));

/** A 400 comes from the decoder. */
const isDecoding = ({ status, body }: ApiReply): boolean => status === 400 && body.includes('cannot be handled as a');

function undecoded(message: string, at: readonly Mend[]): Problem[] {
  if (at.length === 0) return [{ grave: true, message, path: [] }];
  return at.map(({ path }) => ({ grave: true, path, message: `${written(path)}: ${message}` }));
}

function reasons(object: DesiredObject, reply: ApiReply, mends: readonly Mend[], { server }: Judging): Problem[] {
  const local = server.throwAway ? isLocal : () => false;
  return problemsOf(statusOf(reply), object).filter((one) => !local(one.message) && !touches(one.path, mends));
}

/** How far the object came before. */
interface Before {
  readonly posted: ApiReply;
  /** What is wrong as it is known: left out, because apply stops there. */
  readonly mends: readonly Mend[];
}

/** Server-side apply refuses some of what a POST takes; it is only asked where that may be. */
async function applyProblems(object: DesiredObject, kind: JudgedKind, judging: Judging, { posted, mends }: Before): Promise<Problem[]> {
  const { server, signal } = judging;
  const value = mends.length === 0 ? object.value : withMended(object.value, mends);
  if (await needless(object, value, kind, judging, posted)) return [];
  const path = `${collection(kind, object.namespace)}/${encodeURIComponent(object.name)}?${query}&force=true`;
  const body = mends.length === 0 ? object.body : jsonOf(value);
  const reply = await server.ask({ method: 'PATCH', path, body, type: 'application/apply-patch+yaml', verdictOnly: true }, signal);
  if (reply.status < 400) return [];
  const status = statusOf(reply);
  const typed = misfits(status, object);
  if (typed !== undefined) return typed;
  if (!isFine(posted)) return []; // the POST said it, and better
  const local = server.throwAway ? isLocal : () => false;
  return problemsOf(status, object).filter((one) => !local(one.message));
}

async function needless(object: DesiredObject, value: unknown, kind: JudgedKind, judging: Judging, posted: ApiReply): Promise<boolean> {
  if (!judging.server.throwAway && isThere(posted)) return false; // it exists: this is an update
  if ('managedFields' in metadataOf(object) || !('name' in metadataOf(object))) return false;
  if (!hasLists(value)) return true;
  const described = await describe(object, kind, judging);
  return described === undefined || !mayNotApply(value, described);
}

const metadataOf = ({ value }: DesiredObject): object =>
  typeof value['metadata'] === 'object' && value['metadata'] !== null ? value['metadata'] : {};

const hasLists = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' &&
  value !== null &&
  depth < 40 &&
  (Array.isArray(value) ? value.length > 0 : Object.values(value).some((item) => hasLists(item, depth + 1)));

async function describe(
  { apiVersion, kind: name }: DesiredObject,
  { schema }: JudgedKind,
  { schemas }: Judging,
): Promise<Described | undefined> {
  return schema === undefined ? schemas.of(apiVersion, name) : { schema: schema as Schema, named: {} };
}

async function findings(object: DesiredObject, kind: JudgedKind, judging: Judging, problems: readonly Problem[]): Promise<Finding[]> {
  const described = problems.some(({ unknown }) => unknown) ? await describe(object, kind, judging) : undefined;
  const seen = new Set<string>();
  return problems.flatMap((problem) => {
    const finding = toFinding(object, problem, judging.deprecated, described);
    const key = finding && `${finding.line} ${finding.message}`;
    if (finding === undefined || key === undefined || seen.has(key)) return [];
    seen.add(key);
    return [finding];
  });
}

function toFinding(
  object: DesiredObject,
  { grave, message, path, line, unknown }: Problem,
  deprecated: ChecklistSeverity,
  described: Described | undefined,
): Finding | undefined {
  if (!grave && /^\S+ \S+ is deprecated in v/.test(message)) {
    if (deprecated === 'off') return undefined;
    return found(object, { severity: deprecated, rule: 'deprecated-api', message }, ['apiVersion']);
  }
  const help = unknown === true && described !== undefined ? didYouMean(path, namesAt(described, path.slice(0, -1))) : helpFor(message);
  return found(
    object,
    { severity: grave ? 'error' : 'warning', rule: 'api-server', message, ...(help === undefined ? {} : { help }) },
    line ?? path,
  );
}
