import { Type } from 'typebox';
import { list, section, text } from './build.ts';

const rule = section(
  {
    match: text('Packages this is said of: a glob over HOST/PATH. Of several rules that have a key, the most specific one wins.', {
      examples: ['registry.example.com/payments/**'],
    }),
    source: Type.Optional(
      text("Repository that the changelog is generated from: FORGE:PATH; {name} is the last part of the package's name.", {
        examples: ['gitlab:payments/{name}'],
      }),
    ),
    owner: Type.Optional(text('User or team that is asked to review.', { examples: ['team-payments'] })),
    versioning: Type.Optional(
      text(
        'How its versions are read: loose (as tags in the wild are), semver, calver, or regex: and a pattern with the named groups major, minor, patch. Without it: loose.',
        {
          examples: ['semver', 'loose', 'calver', 'regex:^r(?<major>\\d+)\\.(?<minor>\\d+)$'],
        },
      ),
    ),
    allow: Type.Optional(
      text("Range that versions must be in, as npm's semver reads it, on the version without prefix and suffix.", {
        examples: ['>=1.0 <3'],
      }),
    ),
    ignore: Type.Optional(
      list(text('A version or a range.', { examples: ['2.x'] }), {
        description: 'Versions or ranges that are never proposed. Quote them: 1.10 without quotes is the number 1.1.',
        examples: [['1.4.0', '2.x']],
      }),
    ),
  },
  { description: 'What the registry cannot say of some packages.' },
);

export const packages = Type.Array(rule, { description: 'What the registry cannot say.', default: [] });
