import { accessContradictions } from './access.ts';
import { cronMistake } from './cron.ts';
import { isMapping, keyPath, partsOf, pointer, quoted, valueAt } from './key.ts';
import { issuer, loginContradictions, loginSecret, providerName } from './login.ts';
import { namesIn } from './names.ts';
import type { Mistake } from './problem.ts';
import * as said from './said.ts';
import { webhookSecret } from './webhook-secret.ts';

const cron: said.TextRule = (text) => {
  const wrong = cronMistake(text);
  return wrong === undefined ? undefined : { expected: 'cron with five fields', found: `${quoted(text)}: ${wrong}` };
};

/** Where which texts stand; `*` is any name or list position. */
const texts: readonly (readonly [pattern: string, rule: said.TextRule])[] = [
  ['/server/url', said.webAddress],
  ['/server/login/secret', loginSecret],
  ['/server/login/sessions', said.atLeastAMinute],
  ['/server/login/providers/*/issuer', issuer],
  ['/server/login/providers/*/forge', said.knownForge],
  ['/schedule/scan', cron],
  ['/schedule/drift', cron],
  ['/schedule/timezone', said.timeZone],
  ['/store/url', said.storeAddress],
  ['/forges/*/url', said.webAddress],
  ['/forges/*/privateKey', said.pem],
  ['/forges/*/webhookSecret', webhookSecret],
  ['/forges/*/webhookSecret/*', webhookSecret],
  ['/forges/*/path', said.path],
  ['/forges/*/ca', said.path],
  ['/registries/*/ca', said.path],
  ['/registries/*/webhookSecret', webhookSecret],
  ['/registries/*/webhookSecret/*', webhookSecret],
  ['/registries/*/tokenHosts/*', said.host],
  ['/clusters/*/kubeconfig', said.path],
  ['/environments/*/name', said.environmentName],
  ['/environments/*/repository', said.repository],
  ['/environments/*/discover', said.group],
  ['/environments/*/cluster', said.clusterName],
  ['/environments/*/formerly/*', said.environmentName],
  ['/environments/*/rollout/timeout', said.duration],
  ['/environments/*/updates/after/environment', said.knownEnvironment],
  ['/environments/*/updates/after/soak', said.duration],
  ['/environments/*/updates/windows/*', said.window],
  ['/packages/*/match', said.packageGlob],
  ['/packages/*/source', said.source],
  ['/packages/*/versioning', said.versioning],
  ['/packages/*/allow', said.range],
  ['/packages/*/ignore/*', said.versionOrRange],
  ['/validation/apiserver', said.apiserver],
  ['/validation/binaries', said.path],
  ['/validation/definitions', said.path],
  ['/validation/kubernetes', said.kubernetesVersion],
  ['/environments/*/validation/definitions', said.path],
  ['/environments/*/validation/kubernetes', said.kubernetesVersion],
  ...['/access', '/access/policies/*'].flatMap((rules): (readonly [string, said.TextRule])[] => [
    [`${rules}/approvers/*`, said.approver],
    [`${rules}/requesters/*`, said.approver],
    [`${rules}/maxDuration`, said.atLeastAMinute],
    [`${rules}/maxTotal`, said.atLeastAMinute],
    [`${rules}/reason`, said.pattern],
    [`${rules}/breakGlass/users/*`, said.approver],
    [`${rules}/breakGlass/maxDuration`, said.atLeastAMinute],
    [`${rules}/namespaces/*`, said.namespacePattern],
  ]),
  ['/access/levels/*', said.grantedRole],
  ['/access/policies/*/environments/*', said.knownEnvironment],
  ['/access/users/*', said.approver],
  ['/access/groups/*', said.forgeGroup],
  ['/access/protected/*', said.namespacePattern],
  ['/access/expireAfter', said.atLeastAMinute],
  ['/access/dwell', said.duration],
  ['/notifications/slack/url', said.webAddress],
  ['/notifications/heartbeat', said.heartbeat],
  ['/journal/anchor/repository', said.repository],
];

/** What names (keys that the user chooses) have to be. */
const keys: readonly (readonly [pattern: string, rule: said.TextRule])[] = [
  ['/forges/*', said.forgeName],
  ['/server/login/providers/*', providerName],
  ['/registries/*', said.host],
  ['/access/groups/*', said.clusterGroup],
  ['/notifications/slack/channels/*', said.knownEnvironment],
];

interface Found {
  readonly at: string;
  readonly value: unknown;
}

/** Every place of the document that the pattern means. */
function select(document: unknown, pattern: string): Found[] {
  return partsOf(pattern).reduce<Found[]>(
    (found, part) =>
      found.flatMap(({ at, value }) => {
        if (typeof value !== 'object' || value === null) return [];
        const entries = Object.entries(value).filter(([name]) => part === '*' || name === part);
        return entries.map(([name, item]) => ({ at: at + pointer([name]), value: item as unknown }));
      }),
    [{ at: '', value: document }],
  );
}

/**
 * Mistakes that a schema cannot see: what does not exist, contradicts, or cannot be read. The document need not be valid, so that
 * these are found together with those that the schema sees: what has another type than it should is passed over.
 */
export function checkMeaning(document: unknown, showable: (at: string) => boolean = () => true): Mistake[] {
  const names = namesIn(document, showable);
  const judge = (rule: said.TextRule, text: string, at: string): Mistake[] => {
    const wrong = rule(text, names);
    if (wrong === undefined) return [];
    if (!showable(at)) return [{ at, message: `expected ${wrong.expected}` }];
    return [{ at, message: wrong.whole ?? `expected ${wrong.expected}${wrong.found === undefined ? '' : `, found ${wrong.found}`}` }];
  };
  return [
    ...texts.flatMap(([pattern, rule]) =>
      select(document, pattern).flatMap(({ at, value }) => (typeof value === 'string' && value !== '' ? judge(rule, value, at) : [])),
    ),
    ...keys.flatMap(([pattern, rule]) => select(document, pattern).flatMap(({ at }) => judge(rule, partsOf(at).at(-1) ?? '', at))),
    ...credentials(document),
    ...githubCredentials(document),
    ...environmentsTwice(document),
    ...formerNames(document),
    ...contradictions(document),
    ...circles(document),
    ...untoldAnchor(document),
    ...accessContradictions(document),
    ...loginContradictions(document),
  ];
}

/** A user needs a password, and the other way round. */
function credentials(document: unknown): Mistake[] {
  return select(document, '/registries/*').flatMap(({ at, value }) => {
    if (!isMapping(value) || 'username' in value === 'password' in value) return [];
    const [has, lacks] = 'username' in value ? ['username', 'password'] : ['password', 'username'];
    return [{ at: at + pointer([has]), message: `needs ${lacks} beside it` }];
  });
}

/** A GitHub takes a token or an App, which is a number and a key; one that has neither yet is a beginning. */
function githubCredentials(document: unknown): Mistake[] {
  return select(document, '/forges/*').flatMap(({ at, value }) => {
    if (!isMapping(value) || value['type'] !== 'github') return [];
    const [token, appId, privateKey] = ['token', 'appId', 'privateKey'].map((key) => key in value);
    const keyAt = (key: string) => at + pointer([key]);
    if (token && (appId || privateKey))
      return [{ at: keyAt('token'), message: 'take either token, or appId and privateKey of a GitHub App' }];
    if (appId && !privateKey) return [{ at: keyAt('appId'), message: 'needs privateKey beside it' }];
    if (privateKey && !appId) return [{ at: keyAt('privateKey'), message: 'needs appId beside it' }];
    return []; // without either, the service helps to make one
  });
}

/** Two environments of one name, or of one repository: their merge requests would be one another's. */
function environmentsTwice(document: unknown): Mistake[] {
  return ['name', 'repository', 'discover'].flatMap((key) => {
    const seen = new Map<unknown, string>();
    return select(document, `/environments/*/${key}`).flatMap(({ at, value }) => {
      const first = seen.get(value);
      if (first === undefined) seen.set(value, at);
      return first === undefined ? [] : [{ at, message: `is the same as ${keyPath(first)}: each environment needs its own` }];
    });
  });
}

/** What one environment was called before, another may not be called now: each would prune the other's objects. */
function formerNames(document: unknown): Mistake[] {
  const names = new Map(select(document, '/environments/*/name').map(({ at, value }) => [value, at]));
  return select(document, '/environments/*/formerly/*').flatMap(({ at, value }) => {
    const now = names.get(value);
    return now === undefined ? [] : [{ at, message: `is what ${keyPath(now)} says: an environment is called so now` }];
  });
}

/** What is asked for and made impossible at once. */
function contradictions(document: unknown): Mistake[] {
  return select(document, '/environments/*').flatMap(({ at, value }) => {
    const own = (key: string): unknown => valueAt(value, key);
    const types = own('/updates/types');
    const automerge = own('/updates/automerge');
    const correctsNever = valueAt(value, '/drift/correct') === true && own('/deploy') !== 'service';
    const deploysNowhere = own('/deploy') === 'service' && own('/cluster') === undefined;
    return [
      ...(deploysNowhere ? [{ at: `${at}/deploy`, message: 'the service can deploy only to a cluster: add the key cluster' }] : []),
      ...(correctsNever
        ? [{ at: `${at}/drift/correct`, message: 'only the service sets back what was changed: needs deploy: service' }]
        : []),
      ...(Array.isArray(automerge) && Array.isArray(types)
        ? automerge.flatMap((type: unknown, index) =>
            types.includes(type)
              ? []
              : [{ at: `${at}/updates/automerge/${index}`, message: 'is not in types, so there is nothing to merge' }],
          )
        : []),
    ];
  });
}

/** A channel, and nobody who may write there. */
const untoldAnchor = (document: unknown): Mistake[] =>
  valueAt(document, '/journal/anchor/slack') === undefined || valueAt(document, '/notifications/slack') !== undefined
    ? []
    : [{ at: '/journal/anchor/slack', message: 'needs notifications.slack with the token of a Slack app' }];

/** Environments that wait for one another: nothing would ever be proposed. */
function circles(document: unknown): Mistake[] {
  const environments = select(document, '/environments/*').map(({ at, value }) => ({
    at,
    name: valueAt(value, '/name'),
    waitsFor: valueAt(value, '/updates/after/environment'),
  }));
  const next = (name: unknown): unknown => (name === undefined ? undefined : environments.find((one) => one.name === name)?.waitsFor);
  return environments.flatMap(({ at, name, waitsFor }) => {
    const way = new Set<unknown>();
    for (let on = waitsFor; on !== undefined && !way.has(on); on = next(on)) way.add(on);
    const closes = name !== undefined && way.has(name);
    return closes ? [{ at: `${at}/updates/after/environment`, message: 'environments wait for one another in a circle' }] : [];
  });
}
