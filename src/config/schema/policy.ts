import { byName, choice, list, section, text, wholeNumber } from './build.ts';

export const validation = section(
  {
    apiserver: text('Who judges manifests: embedded (a minimal API server of our own) or the name of a cluster.', {
      default: 'embedded',
      examples: ['embedded', 'staging'],
    }),
    checklist: byName(choice(['error', 'warning'], { description: 'error: validation fails; warning: it is only said.' }), {
      description: 'How grave each point of the checklist is.',
      examples: [{ 'single-replica': 'warning', 'latest-tag': 'error' }],
      default: {},
    }),
  },
  { description: 'How manifests are checked before they are merged.', default: {} },
);

const role = (standard: string) => text('A ClusterRole.', { default: standard });

export const access = section(
  {
    levels: section(
      { readonly: role('view'), developer: role('edit'), admin: role('lockkeeper-admin') },
      { description: 'Which ClusterRole each level of a grant binds.', default: {} },
    ),
    approvers: list(text('A user, or a group with @.', { examples: ['@platform/leads'] }), {
      description: 'Who may approve access: users or groups.',
      examples: [['@platform/leads']],
      default: [],
    }),
    approvals: wholeNumber({ minimum: 1 }, { description: 'How many of them must approve.', default: 1 }),
    maxDuration: text('The longest grant.', { default: '8h', examples: ['8h'] }),
  },
  { description: 'Who may open temporary access, and how far.', default: {} },
);
