import { Type } from 'typebox';
import { byName, byType, oneOrTwoSecrets, secret, section, text, wholeNumber } from './build.ts';

const ca = () =>
  Type.Optional(text('PEM file of the private certificate authority that signed its certificate.', { examples: ['./ca/internal.pem'] }));
const webhookSecret = (variable: string) =>
  Type.Optional(oneOrTwoSecrets('Secret that its webhooks are verified with, or two while one is replaced.', `$\{${variable}}`));

const gitlab = section({
  type: Type.Literal('gitlab', { description: 'GitLab, gitlab.com or self-managed.' }),
  url: text('Its URL; one under a path works too.', { examples: ['https://gitlab.example.com', 'https://example.com/gitlab'] }),
  token: secret('Access token with the scope `api`.', '${GITLAB_TOKEN}'),
  webhookSecret: webhookSecret('GITLAB_WEBHOOK_SECRET'),
  ca: ca(),
});

const github = section({
  type: Type.Literal('github', { description: 'GitHub, github.com or Enterprise Server.' }),
  url: text('Its URL.', { examples: ['https://github.com'] }),
  token: Type.Optional(secret('Access token that may write contents and pull requests; instead of a GitHub App.', '${GITHUB_TOKEN}')),
  appId: Type.Optional(wholeNumber({ minimum: 1 }, { description: "The GitHub App's number.", examples: ['${GITHUB_APP_ID}'] })),
  privateKey: Type.Optional(secret("The GitHub App's private key: the PEM text itself.", '${file:/run/secrets/github.pem}')),
  webhookSecret: webhookSecret('GITHUB_WEBHOOK_SECRET'),
  ca: ca(),
});

const local = section({
  type: Type.Literal('local', { description: 'Bare git repositories on disk, with merge requests kept beside them.' }),
  path: text("Folder of the repositories; relative to app.yml's folder.", { examples: ['./repositories'] }),
});

export const forges = byName(
  byType({ gitlab, github, local }, { description: 'A forge: the place where repositories and merge requests live.' }),
  {
    description: 'Forges by the name that `repository: NAME:PATH` uses.',
    minProperties: 1,
    examples: [{ gitlab: { type: 'gitlab', url: 'https://gitlab.example.com', token: '${GITLAB_TOKEN}' } }],
  },
);
