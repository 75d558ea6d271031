import type { DemoApp } from '../app.ts';
import { billing } from './billing.ts';
import { search } from './search.ts';
import { gateway, notifications, web } from './storefront.ts';

export const apps: readonly DemoApp[] = [billing, search, web, notifications, gateway];

/** Images of other people: nothing says where they come from. Repository → tag → day of publication. */
export const thirdParty: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'library/redis': {
    '7.2.4': '2026-08-03',
    '7.2.4-alpine': '2026-08-03',
    '7.2.4-bookworm': '2026-08-03',
    '7.2.6': '2026-09-28',
    '7.2.6-alpine': '2026-09-28',
    '7.2.6-bookworm': '2026-09-28',
    '7.4.1-bookworm': '2026-10-06',
    '8.0.0': '2026-11-02',
    '8.0.0-alpine': '2026-11-02',
    '8.2-rc2-alpine': '2026-11-13',
    latest: '2026-11-02',
    alpine: '2026-11-02',
  },
  'platform/log-shipper': { '0.9.0': '2026-07-20', '0.9.1': '2026-08-20' },
  'platform/kubectl': { '1.35.4': '2026-07-14', '1.35.6': '2026-09-15', '1.36.2': '2026-10-13', '1.37.0-alpha.1': '2026-11-05' },
};
