import { type Finding, objectName } from '../domain/finding.ts';
import type { DesiredObject, DesiredState } from '../manifests/desired-object.ts';

/** At one commit. */
interface Side {
  readonly state: Pick<DesiredState, 'objects' | 'findings'>;
  /** What we found in it without a server. */
  readonly own: readonly Finding[];
}

/**
 * Whether a merge request has something to do with a finding: it changed an object of that file, or we did not find it before. What the server
 * alone finds in a file that is as it was, it found before.
 */
export function concerns(base: Side, head: Side): (finding: Finding) => boolean {
  const [old, now] = [textsByFile(base.state.objects), textsByFile(head.state.objects)];
  const known = new Set([...base.own, ...base.state.findings].map(keyOf));
  const appeared = new Set([...head.own, ...head.state.findings].map(keyOf).filter((key) => !known.has(key)));
  return (finding) => old.get(finding.file) !== now.get(finding.file) || appeared.has(keyOf(finding));
}

/** Without its line, which moves. */
const keyOf = ({ rule, file, object, message }: Finding): string =>
  JSON.stringify([rule, file, object === undefined ? '' : objectName(object), message]);

function textsByFile(objects: readonly DesiredObject[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { place, body } of objects) texts.set(place.file, `${texts.get(place.file) ?? ''}\n${Buffer.from(body).toString('latin1')}`);
  return texts;
}
