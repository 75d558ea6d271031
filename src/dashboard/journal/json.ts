import { type Static, Type } from 'typebox';
import type { Filter } from './filter.ts';
import type { Found } from './search.ts';
import type { Chain } from './source.ts';

const text = (description: string) => Type.String({ description });

const entrySchema = Type.Object({
  number: Type.Integer({ description: 'From 1 on, without gaps in the journal; what the viewer may not see is left out.' }),
  at: text('RFC 3339 with milliseconds, UTC.'),
  kind: text('proposal, approval, merge, deployment-run, prune, drift, grant, revocation, alarm or configuration.'),
  actor: text('`lockkeeper`, or `FORGE:USERNAME` of a person.'),
  environment: Type.Optional(text('Absent for what belongs to no environment.')),
  what: Type.String(),
  why: Type.String(),
  links: Type.Array(Type.String()),
  facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  previous: text('Hash of the entry before.'),
  hash: text('SHA-256 of the entry without this key, as canonical JSON (RFC 8785).'),
});

const chainSchema = Type.Object({
  ok: Type.Optional(Type.Boolean({ description: 'Absent while it is verified for the first time.' })),
  at: Type.Optional(text('When it was verified last: RFC 3339.')),
  upTo: Type.Optional(Type.Integer({ description: 'Number of the newest entry that was verified; for those who see every environment.' })),
  problems: Type.Optional(
    Type.Array(Type.Object({ number: Type.Integer(), problem: Type.String() }), {
      description: 'The first places where it is broken; for those who see every environment.',
    }),
  ),
  anchored: Type.Optional(
    Type.Object(
      {
        places: Type.Array(Type.String()),
        upTo: Type.Optional(Type.Integer({ description: 'The newest entry whose hash every place has.' })),
        at: Type.Optional(text('When that was so last: RFC 3339.')),
      },
      { description: 'Where app.yml wants the newest hash to be kept; for those who see every environment.' },
    ),
  ),
});

export const journalReply = Type.Object({
  entries: Type.Array(entrySchema, { description: 'Newest first, at most 50.' }),
  before: Type.Optional(Type.Integer({ description: 'Ask again with this `before` for older ones; absent where there are none.' })),
  cut: Type.Boolean({ description: 'So many entries were looked at that `before` may lead to some, or to none.' }),
  problems: Type.Record(Type.String(), Type.String(), {
    description: 'What could not be understood, by parameter: nothing was looked for then.',
  }),
  chain: chainSchema,
});

const parameter = (description: string) => Type.Optional(text(description));

export const journalQuery = Type.Object({
  text: parameter('Words that all stand in what, why, actor, links or facts.'),
  kind: parameter('One kind.'),
  environment: parameter('Name of an environment.'),
  app: parameter('Name of an app.'),
  actor: parameter('A part of who it was.'),
  from: parameter('A day (UTC) or an RFC 3339 time.'),
  to: parameter('A day (UTC) or an RFC 3339 time, itself included.'),
  before: parameter('Only entries with a smaller number.'),
});

export const journalJson = ({ problems }: Filter, found: Found, chain: Chain, seesAll: boolean): Static<typeof journalReply> => ({
  entries: found.entries.map((entry) => ({ ...entry, links: [...entry.links], facts: { ...entry.facts } })),
  ...(found.before !== undefined && { before: found.before }),
  cut: found.cut,
  problems: { ...problems },
  chain: chainJson(chain, seesAll),
});

function chainJson({ verified, anchored }: Chain, seesAll: boolean): Static<typeof chainSchema> {
  return {
    ...(verified !== undefined && { ok: verified.broken === 0, at: verified.at }),
    ...(verified !== undefined && seesAll && { upTo: verified.upTo, problems: [...verified.problems] }),
    ...(anchored !== undefined &&
      seesAll && {
        anchored: {
          places: [...anchored.places],
          ...(anchored.upTo !== undefined && { upTo: anchored.upTo.number, at: anchored.upTo.at }),
        },
      }),
  };
}
