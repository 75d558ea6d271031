import { Type } from 'typebox';
import { requestKinds, type ShownRequest } from './source.ts';
import { standingOf, standings } from './standing.ts';

const text = (description: string) => Type.String({ description });
const oneOf = <const T extends string[]>(values: readonly [...T]) => Type.Enum(values);

const verdict = Type.Object({
  state: oneOf(['pending', 'running', 'success', 'failure', 'error']),
  description: text('One line; empty where there is none.'),
});

export const requestsReply = Type.Object({
  requests: Type.Array(
    Type.Object({
      environment: Type.String(),
      repository: text('FORGE:PATH'),
      id: Type.Integer(),
      url: text('Its page; a path where this service shows it.'),
      title: Type.String(),
      app: Type.Optional(Type.String()),
      owner: Type.Optional(Type.String()),
      kind: oneOf(requestKinds),
      state: oneOf(['open', 'merged', 'closed']),
      standing: Type.Optional(oneOf(standings)),
      createdAt: text('RFC 3339'),
      endedAt: Type.Optional(text('RFC 3339')),
      draft: Type.Boolean(),
      conflicts: Type.Boolean(),
      validate: Type.Optional(verdict),
      access: Type.Optional(verdict),
      judging: Type.Boolean({ description: 'It is being judged, or soon will be.' }),
    }),
  ),
});

export const requestsQuery = Type.Object({
  environment: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String()),
  kind: Type.Optional(oneOf(requestKinds)),
  verdict: Type.Optional(oneOf(standings)),
  sort: Type.Optional(oneOf(['oldest', 'newest'])),
});

/** What it waits for is said of open ones alone. */
export const requestJson = ({ validate, access, ...one }: ShownRequest) => ({
  ...one,
  ...(one.state === 'open' && { standing: standingOf({ ...one, ...(validate && { validate }), ...(access && { access }) }) }),
  ...(validate && { validate: { state: validate.state, description: validate.description } }),
  ...(access && { access: { state: access.state, description: access.description } }),
});
