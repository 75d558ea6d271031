import { Type } from 'typebox';
import { accessLevels } from '../../domain/access.ts';
import { byName, choice, list, section, text, wholeNumber } from './build.ts';

const role = (standard: string) => text('A ClusterRole.', { default: standard });

const approver = text('A user, or a group with @; a user may be pinned to their number: lead#42.', {
  examples: ['@platform/leads', 'lead#42'],
});

/** What holds for all of access, and what a policy may say otherwise. */
const rules = {
  approvers: list(approver, {
    description: 'Who may approve access: users or groups.',
    examples: [['@platform/leads']],
  }),
  approvals: wholeNumber({ minimum: 1 }, { description: 'How many of them must approve.', examples: [1] }),
  maxDuration: text('The longest grant.', { examples: ['8h'] }),
  maxTotal: text('The most time that a subject may hold in a namespace at once, all grants together; without it, maxDuration.', {
    examples: ['12h'],
  }),
  reason: text('Regular expression that something in the reason must match: the number of a ticket.', { examples: ['\\bINC-\\d+\\b'] }),
  requesters: list(approver, {
    description: 'Who may ask; without it, whoever may push to the repository.',
    examples: [['@platform/developers']],
  }),
  breakGlass: section(
    {
      users: list(approver, {
        description: 'Who may open access for themselves without an approval.',
        minItems: 1,
        examples: [['oncall']],
      }),
      maxDuration: text('The longest grant of that sort.', { default: '1h', examples: ['30m'] }),
    },
    { description: 'Access without an approval, in need: shorter, and an alarm for everybody.' },
  ),
};

const policy = section(
  {
    environments: list(text('Name of an environment.', { examples: ['production'] }), {
      description: 'Where it holds; without it, everywhere.',
      default: [],
    }),
    namespaces: list(text('A namespace; * stands for any part of a name.', { examples: ['billing', 'shop-*'] }), {
      description: 'In which namespaces; without it, in all.',
      default: [],
    }),
    levels: list(choice(accessLevels, { description: 'A level.' }), { description: 'For which levels; without it, for all.', default: [] }),
    approvers: Type.Optional(rules.approvers),
    approvals: Type.Optional(rules.approvals),
    maxDuration: Type.Optional(rules.maxDuration),
    maxTotal: Type.Optional(rules.maxTotal),
    reason: Type.Optional(rules.reason),
    requesters: Type.Optional(rules.requesters),
    breakGlass: Type.Optional(rules.breakGlass),
  },
  { description: 'What is otherwise for some environments, namespaces or levels.' },
);

export const access = section(
  {
    levels: section(
      { readonly: role('view'), developer: role('edit'), admin: role('lockkeeper-admin') },
      { description: 'Which ClusterRole each level of a grant binds.', default: {} },
    ),
    approvers: Type.Unsafe<string[]>({ ...rules.approvers, default: [] }),
    approvals: Type.Unsafe<number>({ ...rules.approvals, default: 1 }),
    maxDuration: Type.Unsafe<string>({ ...rules.maxDuration, default: '8h' }),
    maxTotal: Type.Optional(rules.maxTotal),
    reason: Type.Optional(rules.reason),
    requesters: Type.Optional(rules.requesters),
    breakGlass: Type.Optional(rules.breakGlass),
    policies: Type.Array(policy, {
      description: 'Exceptions, the first that fits holds; what it does not name is as above.',
      default: [],
    }),
    users: Type.Optional(
      list(text('A user of the forge, or a group with @.', { examples: ['@platform/developers'] }), {
        description: 'Who may be given access as a user; without it, every user of the forge.',
      }),
    ),
    groups: byName(text('The group of the forge with the same members, with @.', { examples: ['@payments/team'] }), {
      description: "Which groups may be given access: the cluster's name of the group, and who is in it. Without any, none.",
      examples: [{ 'team-payments': '@payments/team' }],
      default: {},
    }),
    namespaces: Type.Optional(
      list(text('A namespace; * stands for any part of a name.', { examples: ['billing', 'shop-*'] }), {
        description: 'Where access can be asked for; without it, in every namespace that is not protected.',
      }),
    ),
    protected: list(text('A namespace; * stands for any part of a name.', { examples: ['vault', 'cert-*'] }), {
      description: 'Where nobody is given access, beside kube-*, lockkeeper and lockkeeper-system.',
      default: [],
    }),
    expireAfter: text('How long a request waits for its approvals.', { default: '24h', examples: ['24h'] }),
    dwell: text('How much later than the newest commit an approval must come, where the forge does not say for which commit it is.', {
      default: '30s',
      examples: ['30s'],
    }),
    merge: choice(['service', 'person'], {
      description: 'Who merges a request that has its approvals.',
      default: 'service',
    }),
    guards: choice(['required', 'optional'], {
      description: 'Whether anything is granted in a cluster without the admission policies that keep grants from being made to last.',
      default: 'required',
    }),
  },
  { description: 'Who may open temporary access, and how far.', default: {} },
);
