import { Type } from 'typebox';
import { updateTypes } from '../../domain/update.ts';
import { choice, list, section, text, wholeNumber, withOrWithout } from './build.ts';
import { environmentValidation } from './policy.ts';

const updateType = choice(updateTypes, { description: 'How far a version moves; digest: a tag that moved.' });

const after = section(
  {
    environment: text('Name of the environment that a version must run in first.', { examples: ['staging'] }),
    soak: text('How long it must have run there.', { examples: ['24h'] }),
  },
  { description: 'Only what has run in another environment that long.', examples: [{ environment: 'staging', soak: '24h' }] },
);

const updates = section(
  {
    types: list(updateType, {
      description: 'Which updates are proposed. digest (a tag that moved) only when listed.',
      default: ['major', 'minor', 'patch'],
    }),
    automerge: list(updateType, {
      description: 'Which of these are merged without a person, once every check passed.',
      examples: [['patch']],
      default: [],
    }),
    after: Type.Optional(after),
    windows: list(text('Days, hours and time zone.', { examples: ['Mon-Thu 09:00-15:00 Europe/Stockholm'] }), {
      description: 'When merge requests may be opened and automerged; without any, always.',
      default: [],
    }),
    maxOpen: Type.Optional(wholeNumber({ minimum: 1 }, { description: 'Open merge requests at the same time.', examples: [10] })),
  },
  { description: 'What is proposed here, and when.', default: {} },
);

const named = section({
  name: text('Name of the environment.', { examples: ['staging'] }),
  repository: text('Its repository: FORGE:PATH.', { examples: ['gitlab:platform/environments/staging'] }),
  cluster: Type.Optional(text('Name of the cluster that it describes.', { examples: ['staging'] })),
  deploy: choice(['service', 'pipeline', 'off'], {
    description: "Who deploys: this service, the repository's pipeline, nobody.",
    default: 'off',
  }),
  formerly: list(text('A name.', { examples: ['stage'] }), {
    description: 'Names that this environment was deployed under before: what carries them is taken over, and pruned like its own.',
    default: [],
  }),
  prune: section(
    {
      share: Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'A deployment that would delete more than this part of what is deployed is refused.',
        default: 0.5,
      }),
    },
    { description: 'How much a deployment may delete.', default: {} },
  ),
  rollout: section(
    { timeout: text('How long a deployment waits for what it applied to come up.', { default: '10m', examples: ['10m'] }) },
    { description: 'When a deployment counts as come up.', default: {} },
  ),
  drift: section(
    { correct: Type.Boolean({ description: 'What was changed by hand is set back.', default: false }) },
    { description: 'What is done about a cluster that is not as its repository says.', default: {} },
  ),
  updates,
  validation: environmentValidation,
});

const discovered = section({
  discover: text('Every project under a group is an environment: FORGE:GROUP/*.', { examples: ['gitlab:platform/environments/*'] }),
  topic: Type.Optional(text('Only projects with this topic.', { examples: ['lockkeeper'] })),
  updates,
  validation: environmentValidation,
});

export const environments = Type.Array(
  withOrWithout('discover', discovered, named, 'One environment by name, or every one under a group.'),
  { minItems: 1, description: 'Environments: git repositories that say what runs where.' },
);
