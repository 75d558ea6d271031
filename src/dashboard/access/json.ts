import { type Static, Type } from 'typebox';
import { durationText } from '../../domain/time.ts';
import type { AccessNow, ShownGrant, WaitingRequest } from './source.ts';

const text = (description: string) => Type.String({ description });
const level = Type.Union([Type.Literal('readonly'), Type.Literal('developer'), Type.Literal('admin')]);
const subjectKind = Type.Union([Type.Literal('user'), Type.Literal('group')]);

const grantSchema = Type.Object({
  id: Type.String(),
  environment: Type.String(),
  namespace: Type.String(),
  subject: text('Name of the user or of the group.'),
  subjectKind,
  level,
  from: text('RFC 3339.'),
  until: text('RFC 3339.'),
  approvedBy: Type.Array(Type.String()),
  reason: Type.String(),
  mergeRequest: text('Its page.'),
  breakGlass: Type.Boolean({ description: 'Nobody had to approve it.' }),
  state: Type.Union([Type.Literal('granting'), Type.Literal('active'), Type.Literal('ending'), Type.Literal('ended')]),
  endedAt: Type.Optional(text('When it was seen to be gone: RFC 3339.')),
  because: Type.Optional(text('Why it ended, or is ending.')),
  by: Type.Optional(text('Who ended it: `lockkeeper`, or `FORGE:USERNAME`.')),
});

const requestSchema = Type.Object({
  environment: Type.String(),
  id: Type.Integer({ description: 'Number of the merge request.' }),
  url: Type.String(),
  title: Type.String(),
  since: text('When it was opened: RFC 3339.'),
  expiresAt: text('When it is closed without its approvals: RFC 3339.'),
  asks: Type.Optional(
    Type.Object(
      {
        namespace: Type.String(),
        subject: Type.String(),
        subjectKind,
        level,
        duration: text('`2h`'),
        reason: Type.String(),
        breakGlass: Type.Boolean(),
      },
      { description: 'Absent where its file is none, or was not looked at yet.' },
    ),
  ),
  approvedBy: Type.Array(Type.String()),
  missing: Type.Array(Type.String(), { description: 'What the gate still wants, in whole sentences, by name.' }),
  judged: Type.Boolean({ description: 'The gate has looked at it.' }),
});

export const accessReply = Type.Object({
  grants: Type.Array(grantSchema, { description: 'Open, the next to end first: as `access list --json` says them.' }),
  requests: Type.Array(requestSchema, { description: 'Open requests.' }),
  ended: Type.Array(grantSchema, { description: 'The last twenty that ended, newest first.' }),
  alarms: Type.Array(
    Type.Object({
      environment: Type.Optional(Type.String()),
      entry: Type.Integer({ description: 'Number in the journal.' }),
      at: Type.String(),
      what: Type.String(),
      links: Type.Array(Type.String()),
    }),
    { description: 'Of the last week, newest first.' },
  ),
  lost: Type.Array(
    Type.Object({
      environment: Type.String(),
      grants: Type.Integer(),
      until: text('When the timers in the cluster have ended the last of them: RFC 3339.'),
    }),
    { description: 'Grants that nobody ends any more, as app.yml names no cluster for them.' },
  ),
});

export const accessJson = ({ open, waiting, ended, alarms, lost }: AccessNow): Static<typeof accessReply> => ({
  grants: open.map(grantJson),
  requests: waiting.map(requestJson),
  ended: ended.map(grantJson),
  alarms: alarms.map(({ environment, number, at, what, links }) => ({
    ...(environment !== undefined && { environment }),
    entry: number,
    at,
    what,
    links: [...links],
  })),
  lost: lost.map(({ environment, count, until }) => ({ environment, grants: count, until })),
});

const grantJson = ({ approvedBy, ...grant }: ShownGrant): Static<typeof grantSchema> => ({ ...grant, approvedBy: [...approvedBy] });

function requestJson({ asks, approvedBy, missing, ...request }: WaitingRequest): Static<typeof requestSchema> {
  return {
    ...request,
    ...(asks !== undefined && {
      asks: {
        namespace: asks.namespace,
        subject: asks.subject.name,
        subjectKind: asks.subject.kind,
        level: asks.level,
        duration: durationText(asks.durationMs),
        reason: asks.reason,
        breakGlass: asks.breakGlass,
      },
    }),
    approvedBy: [...approvedBy],
    missing: [...missing],
  };
}
