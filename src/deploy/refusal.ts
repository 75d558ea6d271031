import { type Status, statusOf } from '../domain/api-status.ts';
import type { ApiReply } from '../domain/cluster.ts';
import type { DeployFailure } from '../domain/deployment.ts';
import { idOf, type Place } from '../domain/finding.ts';
import type { DesiredObject, FieldPath } from '../manifests/desired-object.ts';
import { placeOfLine } from '../manifests/line-place.ts';
import { record } from '../manifests/objects.ts';
import { didYouMean, helpFor } from '../plan/help.ts';
import { misfits, type Problem, problemsOf, writtenTwice } from '../plan/reply.ts';

/** What is against one object, at the place in its manifest. */
export function refusal(object: DesiredObject, message: string, help?: string, at: FieldPath | Place = []): DeployFailure {
  const { file, line } = 'file' in at ? at : object.at(at);
  return {
    object: idOf(object),
    message: `${file}:${line}: ${withoutSecrets(object, message)}`,
    ...(help !== undefined && { help }),
  };
}

/** What the server has against an object, one failure per reason. */
export function refusalsOf(object: DesiredObject, reply: ApiReply): DeployFailure[] {
  const problems = problemsIn(object, statusOf(reply));
  return problems.map(({ message, path, line, unknown }) => {
    const help = unknown === true ? didYouMean(path, []) : helpFor(message);
    return refusal(object, message, help, line === undefined ? path : placeOfLine(object, line));
  });
}

function problemsIn(object: DesiredObject, status: Status): readonly Problem[] {
  const twice = status.message.includes('already set in map') ? writtenTwice(object) : [];
  if (twice.length > 0) return twice;
  // The line of a text with our marks in it is no line of the manifest.
  return misfits(status, object) ?? problemsOf(status, object).map(({ grave, message, path }) => ({ grave, message, path }));
}

/** Shorter ones would blank out ordinary words. */
const shortest = 4;

/** Servers repeat the values that they refuse. */
function withoutSecrets({ value }: DesiredObject, message: string): string {
  const texts = [...new Set(secretTexts(value))].sort((a, b) => b.length - a.length);
  const shown = texts.filter(({ length }) => length >= shortest).reduce((out, text) => out.replaceAll(text, '(hidden)'), message);
  if (!isSecret(value)) return shown;
  return shown
    .replaceAll(/((?:Invalid|Unsupported|Duplicate) value: )(?:"(?:[^"\\]|\\.)*"|[^":\s]+)/g, '$1(hidden)')
    .replaceAll(/, got [\s\S]*$/g, ', got something else');
}

const isSecret = (value: Readonly<Record<string, unknown>>): boolean => /^secret$/i.test(String(value['kind']));

/** Everything that Secrets in the object hold, as it is written and as it is meant; templates carry Secrets, too. */
function secretTexts(value: unknown): string[] {
  const seen = new Set<unknown>();
  const visit = (part: unknown, hidden: boolean): string[] => {
    if (typeof part !== 'object' || part === null) return hidden ? formsOf(String(part)) : [];
    if (seen.has(part)) return [];
    seen.add(part);
    const secret = isSecret(record(part));
    return Object.entries(part).flatMap(([key, item]) => visit(item, hidden || (secret && (key === 'data' || key === 'stringData'))));
  };
  return visit(value, false);
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'base64');
  const meant = bytes.toString('base64') === text ? bytes.toString() : text;
  return [text, meant, Buffer.from(text).toString('base64')].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
}
