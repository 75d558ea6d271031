import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, identityOf, spoken, spokenPlace } from './object-set.ts';

const place = ['metadata', 'name'];

/** The same object twice: a server takes both, and the one that comes last stays. */
export function duplicates(objects: readonly DesiredObject[]): Finding[] {
  const first = new Map<string, DesiredObject>();
  return objects.flatMap((object) => {
    if (new Field(object.value).at(...place).text === '') return []; // the server makes up its name
    const identity = identityOf(object);
    const earlier = first.get(identity);
    if (earlier === undefined) {
      first.set(identity, object);
      return [];
    }
    return findingAt(object, place, {
      severity: 'error',
      rule: 'duplicate-object',
      message: `${spoken(object)} stands twice: here, and in ${spokenPlace(earlier, place)}.`,
      help: 'Delete one of them, or give it another name: whichever is applied last would overwrite the other.',
    });
  });
}
