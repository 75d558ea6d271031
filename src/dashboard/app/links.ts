import { type Html, trusted } from '../parts/html.ts';

export const appPath = (app: string): string => `/app/${encodeURIComponent(app)}`;

/** Which of several is chosen, as links and options say it. */
export const chosen = (is: boolean, attribute: 'selected' | 'aria-current="true"'): Html | undefined =>
  is ? trusted(` ${attribute}`) : undefined;
