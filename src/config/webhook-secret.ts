import type { TextRule } from './said.ts';

/** Characters: fewer could be found by trying. */
const shortest = 16;

const usualWords =
  /webhook|hook|secret|token|passw[o0]rd|pass|key|lockkeeper|probot|gitlab|github|registry|harbor|nexus|docker|development|develop|production|staging|example|sample|testing|test|default|dummy|admin|root|please|change|letmein|qwerty|your|our|here|this|the|some|super|very/g;

/** Letters, beside the usual words, that nobody would try. */
const own = 6;

/** What anybody would try: `development` (Probot's default), `changeme-changeme`, `my-webhook-secret-1`. */
function isWellKnown(text: string): boolean {
  const lower = text.toLowerCase();
  const rest = lower.replaceAll(usualWords, '');
  return rest.length < lower.length && rest.replaceAll(/[^a-z]/g, '').length < own;
}

/** Few characters over and over, or a walk along the alphabet. */
function isPattern(text: string): boolean {
  const steps = Array.from(text.slice(1), (character, at) => character.charCodeAt(0) - text.charCodeAt(at));
  const walks = steps.filter((step) => step === 1 || step === 0 || step === -1).length;
  return new Set(text).size < 6 || walks > (steps.length * 3) / 4;
}

export const isGuessable = (text: string): boolean => !/^[\x21-\x7e]+$/.test(text) || isWellKnown(text) || isPattern(text);

/** GitLab's signing tokens are 32 bytes in base64: https://docs.gitlab.com/user/project/integrations/webhooks/ */
const signingToken = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What a webhook is believed for. Never shown. */
export const webhookSecret: TextRule = (text) => {
  if (text.startsWith('whsec_') && !signingToken.test(text)) return { expected: 'the whole signing token, as GitLab shows it once' };
  if (text.length >= shortest && text.length <= 512 && !isGuessable(text)) return undefined;
  return { expected: `a secret of at least ${shortest} characters, without blanks, that nobody guesses (openssl rand -hex 32 makes one)` };
};
