import type { Finding, Place } from '../domain/finding.ts';
import type { DesiredObject } from './desired-object.ts';
import { type Document, documentOf, Unreadable } from './document.ts';
import { isJson, jsonStream } from './json-stream.ts';
import { objectsOf } from './list-items.ts';
import { splitDocuments } from './split-documents.ts';
import { noObject, templateHint } from './strangers.ts';
import { crowding, decodeText, lineIndex } from './text.ts';

/** Which file is read, as its findings name it. */
export type FilePlace = Omit<Place, 'line'>;

/** What a file holds that is no Kubernetes object: an error where somebody named the file as a manifest, nothing where all files are looked at. */
export type Strangers = 'refused' | 'ignored';

export interface FileObjects {
  readonly objects: readonly DesiredObject[];
  readonly findings: readonly Finding[];
  /** False when something that may be an object could not be read. */
  readonly complete: boolean;
}

/** More is no file that people write, and each costs time. */
const mostDocuments = 10_000;

/** The objects of a YAML or JSON file, each with its author's own bytes, lists unrolled. What cannot be read is a finding and hides none of the others. */
export function readObjects(bytes: Uint8Array, file: FilePlace, strangers: Strangers): FileObjects {
  const whole = wholeFile(bytes, file);
  if (whole !== undefined) return { objects: [], findings: [whole], complete: false };
  const read = splitDocuments(bytes).map((slice) => {
    const found = readSlice(bytes.subarray(slice.start, slice.end), { ...file, line: slice.line }, strangers);
    if (slice.beside === undefined) return found;
    const message = `"${slice.beside.slice(0, 60)}" stands beside the three dashes that begin a document`;
    const help = 'leave nothing but a comment on that line; what belongs to the document begins below it';
    return { ...found, findings: [problem({ ...file, line: slice.line - 1 }, message, help), ...found.findings], complete: false };
  });
  return joined(read);
}

/** Why nothing of the file is read. */
function wholeFile(bytes: Uint8Array, file: FilePlace): Finding | undefined {
  const place = { ...file, line: 1 };
  const text = decodeText(bytes);
  if (text === undefined) return problem(place, 'is not UTF-8 text', 'save it as UTF-8');
  const crowded = crowding(text);
  if (crowded !== undefined) return problem(place, crowded);
  if (splitDocuments(bytes).length > mostDocuments) return problem(place, `has more than ${mostDocuments} documents: split it`);
  return undefined;
}

function readSlice(bytes: Uint8Array, place: Place, strangers: Strangers): FileObjects {
  const text = decodeText(bytes) ?? '';
  if (!/^\s*\{/.test(text) || isJson(text)) return readDocument(bytes, text, place, strangers);
  const stream = jsonStream(text);
  if (stream.length < 2) return readDocument(bytes, text, place, strangers);
  const lineAt = lineIndex(text);
  return joined(
    stream.map(({ start, end }) => {
      const own = text.slice(start, end);
      return readDocument(Buffer.from(own), own, { ...place, line: place.line + lineAt(start) - 1 }, strangers);
    }),
  );
}

export const joined = (parts: readonly FileObjects[]): FileObjects => ({
  objects: parts.flatMap(({ objects }) => objects),
  findings: parts.flatMap(({ findings }) => findings),
  complete: parts.every(({ complete }) => complete),
});

const nothing: FileObjects = { objects: [], findings: [], complete: true };

function readDocument(bytes: Uint8Array, text: string, place: Place, strangers: Strangers): FileObjects {
  let document: Document | undefined;
  try {
    document = documentOf(bytes, text, place);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { objects: [], findings: [problem(placeAt(place, error.line), error.message, templateHint(text))], complete: false };
  }
  if (document === undefined) return nothing;
  const { rest, value } = document;
  const ignored =
    rest === undefined
      ? []
      : [
          problem(
            placeAt(place, rest),
            'Kubernetes never reads what stands below the three dots',
            'begin it with three dashes on a line of their own',
          ),
        ];
  const stranger = noObject(value, place.file);
  if (stranger !== undefined) {
    if (strangers === 'ignored') return nothing;
    return { objects: [], findings: [problem(document.place, stranger.message, stranger.help), ...ignored], complete: false };
  }
  const { objects, problems } = objectsOf(document);
  const findings = problems.map(({ place: at, message }) => problem(at, message));
  return { objects, findings: [...findings, ...ignored], complete: findings.length + ignored.length === 0 };
}

const placeAt = (place: Place, line: number): Place => ({ ...place, line });

const problem = (place: Place, message: string, help?: string): Finding => ({
  ...place,
  severity: 'error',
  rule: 'yaml',
  message,
  ...(help !== undefined && { help }),
});
