import type { DemoApp } from '../app.ts';

/** Tags `web-1.2.3`; images with and without a variant suffix. */
export const web: DemoApp = {
  name: 'web',
  image: 'storefront/web',
  description: 'What customers see.',
  tagPrefix: 'web-',
  variants: ['', '-alpine'],
  sourceLabel: 'pages',
  platforms: ['linux/amd64', 'linux/arm64'],
  releases: [
    {
      version: '2.3.0',
      date: '2026-08-27',
      work: [{ by: 'grace', message: 'feat(cart): keep the cart for thirty days', file: 'src/cart.ts' }],
    },
    {
      version: '2.3.1',
      date: '2026-09-08',
      work: [{ by: 'ada', message: 'fix(checkout): do not ask twice for the address', file: 'src/checkout.ts' }],
    },
    {
      version: '2.3.2',
      date: '2026-09-22',
      work: [
        { by: 'ada', message: 'fix(a11y): the menu opens with the keyboard', file: 'src/menu.ts' },
        { by: 'bot', message: 'chore(deps): update svelte to 5.41.0', file: 'package.lock' },
      ],
    },
    {
      version: '2.4.0',
      date: '2026-10-20',
      work: [
        {
          by: 'grace',
          branch: 'dark-mode',
          id: 412,
          title: 'feat(theme): dark mode',
          commits: [
            { by: 'katherine', message: 'feat(theme): dark mode', file: 'src/theme.ts' },
            { by: 'katherine', message: 'fix(theme): contrast of links on dark', file: 'src/theme.ts' },
          ],
        },
        { by: 'alan', message: 'perf: load pictures when they come into view', file: 'src/pictures.ts' },
        { by: 'alan', message: 'fix typo', file: 'src/menu.ts' },
      ],
    },
    {
      version: '3.0.0',
      date: '2026-11-09',
      work: [
        {
          by: 'grace',
          message: 'feat!: sign in with passkeys only\n\nBREAKING CHANGE: passwords are gone; needs identity 4.',
          file: 'src/session.ts',
        },
      ],
    },
  ],
};

/** Tags `gateway/v1.2.3`, as a repository that holds several modules has them. */
export const gateway: DemoApp = {
  name: 'gateway',
  image: 'storefront/gateway',
  description: 'Routes, limits and signs every request that comes in.',
  tagPrefix: 'gateway/v',
  sourceLabel: 'pages',
  releases: [
    {
      version: '5.2.0',
      date: '2026-09-01',
      work: [{ by: 'alan', message: 'feat(limits): a limit per customer', file: 'src/limits.rs' }],
    },
    {
      version: '5.2.1',
      date: '2026-09-17',
      work: [{ by: 'alan', message: 'fix(tls): send the whole chain', file: 'src/tls.rs' }],
    },
    {
      version: '5.3.0',
      date: '2026-10-15',
      work: [
        {
          by: 'alan',
          branch: 'http3',
          id: 57,
          title: 'feat(http): HTTP/3 behind a flag',
          commits: [{ by: 'grace', message: 'feat(http): HTTP/3 behind a flag', file: 'src/http.rs' }],
        },
        {
          by: 'katherine',
          message: 'fix(limits)!: count per second, not per minute\n\nBREAKING CHANGE: divide your limits by sixty.',
          file: 'src/limits.rs',
        },
        { by: 'bot', message: 'chore(deps): update hyper to 1.9.2', file: 'Cargo.lock' },
      ],
    },
    {
      version: '6.0.0',
      date: '2026-11-11',
      work: [{ by: 'alan', message: 'feat(config)!: one file instead of three', file: 'src/config.rs' }],
    },
  ],
};

/** Version 0, where a minor may break; tags and images both with a `v`. */
export const notifications: DemoApp = {
  name: 'notifications',
  image: 'storefront/notifications',
  description: 'Mail, push and text messages.',
  tagPrefix: 'v',
  imageTagPrefix: 'v',
  sourceLabel: 'local',
  releases: [
    {
      version: '0.8.3',
      date: '2026-09-03',
      work: [{ by: 'grace', message: 'feat: push messages', file: 'app/push.py' }],
      notes: 'v0.8.3\n\nPush messages.\n',
    },
    {
      version: '0.8.4',
      date: '2026-09-24',
      work: [
        { by: 'grace', message: 'fix(push): drop devices that are gone', file: 'app/push.py' },
        { by: 'katherine', message: 'style: sort imports', file: 'app/mail.py' },
      ],
      notes: 'v0.8.4\n\nDevices that were wiped no longer hold up the queue.\n',
    },
    {
      version: '0.9.0',
      date: '2026-10-22',
      work: [
        {
          by: 'ada',
          branch: 'quiet-hours',
          id: 19,
          title: 'feat: quiet hours',
          commits: [
            { by: 'grace', message: 'feat: quiet hours per customer', file: 'app/hours.py' },
            { by: 'ada', message: 'test: quiet hours over midnight and in spring', file: 'test/hours.py' },
          ],
        },
        { by: 'katherine', message: 'fix(mail): one unsubscribe link, not three', file: 'app/mail.py' },
      ],
      notes: 'v0.9.0\n\nQuiet hours: nothing is sent between the hours that a customer sets; it is sent right after.\n',
    },
  ],
};
