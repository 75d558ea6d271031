import type { Grant } from '../../../../src/domain/access.ts';
import type { Says } from '../../builders/access.ts';
import { file, requestText } from '../attack-scene.ts';
import type { Attack } from './attack.ts';

type Lines = Parameters<typeof requestText>[0];

const hour = 3_600_000;

const asks = (name: string, lines: Lines, because: RegExp, says?: Says, at = file): Attack => ({
  name,
  because,
  ...(says !== undefined && { says }),
  attack: async (scene) => {
    const { id } = await scene.ask({ [at]: requestText(lines) });
    await scene.approve(id, 'grace');
    return id;
  },
});

/** What app.yml does not allow, whoever approves it. */
export const policies: readonly Attack[] = [
  asks('longer than anybody may', { duration: '9h' }, /9h, and 8h is the most/),
  asks('in a namespace of Kubernetes', {}, /kube-system: it is protected/, {}, 'access/kube-system/ada.yml'),
  asks("in the service's own namespace", {}, /lockkeeper-system: it is protected/, {}, 'access/lockkeeper-system/ada.yml'),
  asks('in a namespace that app.yml protects', {}, /vault: it is protected/, {}, 'access/vault/ada.yml'),
  asks('in a namespace that app.yml does not name', {}, /cannot be asked for in billing/, { namespaces: ['shop'] }),
  asks('for a reason without a ticket', { reason: 'because' }, /something that matches/, { rules: { reason: /INC-\d+/u } }),
  asks('for a group that app.yml does not name', { user: undefined, group: 'system-masters' }, /group system-masters may not/),
  asks('for somebody who may not be given any', { user: 'eve' }, /eve may not be given access/, { users: ['ada'] }),
  asks('for nobody', { user: '"-"' }, /expected a name|no user/),
  asks('for the bot', { user: 'lockkeeper' }, /is no person|no user/),
  asks('without an approval where nobody may', { breakGlass: 'true' }, /no breakGlass there/),
  asks('without an approval by who may not', { breakGlass: 'true' }, /ada may not open access without an approval/, {
    rules: { breakGlass: { users: ['grace'], maxDurationMs: hour * 4 } },
  }),
  asks('without an approval for too long', { breakGlass: 'true' }, /without an approval 1h is the most/, {
    rules: { breakGlass: { users: ['ada'], maxDurationMs: hour } },
  }),
  asks('without an approval for somebody else', { breakGlass: 'true', user: 'grace' }, /grace has to open it in person, and ada did/, {
    rules: { breakGlass: { users: ['grace'], maxDurationMs: hour * 4 } },
  }),
  {
    name: 'by who may not ask',
    because: /grace may not ask for it/,
    says: { rules: { requesters: ['ada'], approvers: ['grace', 'eve'] } },
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: requestText() }, { by: 'grace' });
      await scene.approve(id, 'eve');
      return id;
    },
  },
  {
    name: 'more than one may hold, in pieces',
    because: /it were more than 8h/,
    attack: async (scene) => {
      scene.held = [given];
      const { id } = await scene.ask({ [file]: requestText() });
      await scene.approve(id, 'grace');
      return id;
    },
  },
];

const given: Grant = {
  id: 'g0123456789abcdef0123',
  environment: 'production',
  repository: 'forge:platform/production',
  request: 999,
  url: 'https://forge.example.com/999',
  file: 'access/billing/ada-2.yml',
  blob: '0'.repeat(40),
  namespace: 'billing',
  subject: { kind: 'user', name: 'ada' },
  level: 'admin',
  role: 'lockkeeper-admin',
  reason: 'INC-1',
  from: new Date(Date.now() - hour).toISOString(),
  until: new Date(Date.now() + 6 * hour).toISOString(),
  approvedBy: ['grace'],
  breakGlass: false,
};
