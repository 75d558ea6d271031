import { Type } from 'typebox';
import { byName, choice, list, oneOrTwoSecrets, secret, section, text, wholeNumber } from './build.ts';

const registry = section(
  {
    type: choice(['oci', 'nexus'], { description: 'oci: images and charts. nexus: bundles in raw repositories.', default: 'oci' }),
    username: Type.Optional(text('User to sign in as; without one, anonymous.', { examples: ['bot'] })),
    password: Type.Optional(secret('Password or token of that user.', '${REGISTRY_PASSWORD}')),
    webhookSecret: Type.Optional(
      oneOrTwoSecrets('Secret that its push notifications are verified with, or two while one is replaced.', '${REGISTRY_WEBHOOK_SECRET}'),
    ),
    insecure: Type.Boolean({ description: 'Plain http instead of https.', default: false }),
    ca: Type.Optional(
      text('PEM file of the private certificate authority that signed its certificate.', { examples: ['./ca/internal.pem'] }),
    ),
    tokenHosts: list(text('A host.', { examples: ['auth.example.com'] }), {
      description: 'Other hosts that may be sent the credentials when the registry names them as its token service.',
      examples: [['auth.example.com']],
      default: [],
    }),
    concurrency: wholeNumber({ minimum: 1, maximum: 100 }, { description: 'Requests to this host at the same time.', default: 6 }),
  },
  { description: 'Credentials and kind of one host.' },
);

export const registries = byName(registry, {
  description: 'Registries by host (with the port where it is not the usual one). A host not listed is an anonymous OCI registry.',
  examples: [{ 'registry.example.com': { type: 'oci', username: 'bot', password: '${REGISTRY_PASSWORD}' } }],
  default: {},
});

const cluster = section(
  {
    kubeconfig: text("kubeconfig file; relative to app.yml's folder.", { examples: ['./kubeconfig'] }),
    context: Type.Optional(text("Context in it; without one, the file's current context.", { examples: ['staging'] })),
    usernamePrefix: Type.String({
      description: "What the cluster's authentication puts before the forge's names of users.",
      default: '',
      examples: ['oidc:'],
    }),
    groupsPrefix: Type.String({
      description: 'What it puts before the names of groups.',
      default: '',
      examples: ['oidc:'],
    }),
  },
  { description: 'How one cluster is reached.' },
);

export const clusters = byName(cluster, {
  description: 'Clusters by name.',
  examples: [{ staging: { kubeconfig: './kubeconfig', context: 'staging' } }],
  default: {},
});
