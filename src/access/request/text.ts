import type { AccessRequest } from '../../domain/access.ts';
import { durationText } from '../../domain/time.ts';
import { isText } from './parse.ts';

/** The file that asks for it. What it says `parseRequest` reads, or refuses with what is wrong. */
export function requestFile({ subject, level, reason, durationMs, breakGlass }: Omit<AccessRequest, 'namespace'>): string {
  const lines = [
    `${subject.kind}: ${isText(subject.name) ? subject.name : quoted(subject.name)}`,
    `level: ${level}`,
    `reason: ${quoted(reason)}`,
    `duration: ${durationText(durationMs)}`,
    ...(breakGlass ? ['breakGlass: true'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** `alice`, or `the group team-payments`. */
const subjectText = ({ kind, name }: AccessRequest['subject']): string => (kind === 'group' ? `the group ${name}` : name);

/** `access: alice, admin of billing for 2h` */
export const requestTitle = ({ subject, level, namespace, durationMs, breakGlass }: AccessRequest): string =>
  `access: ${subjectText(subject)}, ${level} of ${namespace} for ${durationText(durationMs)}${breakGlass ? ' (break-glass)' : ''}`;
