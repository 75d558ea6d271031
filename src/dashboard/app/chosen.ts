import { type Html, trusted } from '../parts/html.ts';

/** Which of several is chosen, as links and options say it. */
export const chosen = (is: boolean, attribute: 'selected' | 'aria-current="true"'): Html | undefined =>
  is ? trusted(` ${attribute}`) : undefined;
