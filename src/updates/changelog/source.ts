import { explain, isPassing, OutsideError } from '../../domain/errors.ts';
import type { RepositoryRef, SourceForge } from '../../domain/forge.ts';
import { sourceLabel } from '../../domain/labels.ts';

export type Forges = ReadonlyMap<string, SourceForge>;

/** Who said where the source is, in the order in which they are believed. */
export type SourceClaim = 'app.yml' | 'environment.yml' | 'label' | 'release' | 'bundle' | 'name';

export interface SourceHints {
  readonly app: string;
  /** `packages[].source` of app.yml, with `{name}` replaced. */
  readonly configured?: string | undefined;
  /** `apps.<app>.source` of environment.yml. */
  readonly environment?: string | undefined;
  /** Label of the image. */
  readonly label?: string | undefined;
  /** Of a chart, what the repository's index says; of a git tag or a forge's file, its address. */
  readonly release?: string | undefined;
  /** The bundle's own metadata. */
  readonly bundle?: string | undefined;
  /** Projects where one of the app's name may be, likeliest first; see `neighbours`. */
  readonly neighbours: readonly RepositoryRef[];
}

export interface Source extends RepositoryRef {
  readonly claim: SourceClaim;
}

export interface FoundSource {
  readonly source?: Source;
  readonly problems: string[];
  /** One of them may be over by the next run. */
  readonly unread: boolean;
}

/** The first claim that names a project on a configured forge; `problems` says, for people, what is wrong with those before it, or that there is none. */
export async function findSource(hints: SourceHints, forges: Forges): Promise<FoundSource> {
  const problems: string[] = [];
  for (const [claim, text] of claims(hints)) {
    const place = readSource(text, forges);
    if (place !== undefined) return { source: { ...place, claim }, problems, unread: false };
    problems.push(
      `${claimant[claim]} names \`${text}\` as the source, which is on no forge of app.yml: add it under \`forges\`, or set \`packages[].source\`.`,
    );
  }
  const { found, unread } = await firstExisting(hints.neighbours, forges, problems);
  if (found !== undefined) return { source: { ...found, claim: 'name' }, problems, unread };
  return {
    problems: [
      ...problems,
      `No changelog: nothing ${problems.length === 0 ? '' : 'else '}says where the source of \`${hints.app}\` is. Set the image label \`${sourceLabel}\`, or \`source\` for the package in app.yml or for the app in environment.yml.`,
    ],
    unread,
  };
}

const claimant: Readonly<Record<SourceClaim, string>> = {
  'app.yml': 'app.yml',
  'environment.yml': 'environment.yml',
  label: `The image's label \`${sourceLabel}\``,
  release: 'The release itself',
  bundle: "The bundle's metadata",
  name: 'The name',
};

function claims({ configured, environment, label, release, bundle }: SourceHints): (readonly [SourceClaim, string])[] {
  const all = [
    ['app.yml', configured],
    ['environment.yml', environment],
    ['label', label],
    ['release', release],
    ['bundle', bundle],
  ] as const;
  return all.flatMap(([claim, text]) => (text === undefined || text.trim() === '' ? [] : [[claim, text.trim()] as const]));
}

async function firstExisting(
  places: readonly RepositoryRef[],
  forges: Forges,
  problems: string[],
): Promise<{ readonly found?: RepositoryRef; readonly unread: boolean }> {
  let unread = false;
  for (const place of places.slice(0, maxNeighbours)) {
    try {
      if ((await forges.get(place.forge)?.exists(place.path)) === true) return { found: place, unread };
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      if (!isPassing(error)) continue; // a guess that nobody gave us the right to look at is as good as none
      problems.push(`Whether ${place.path} is the source could not be asked: ${explain(error)}.`);
      unread = true;
    }
  }
  return { unread };
}

const maxNeighbours = 3;

/** `FORGE:PATH`, or any URL of a repository or of a page in it, as a project of a configured forge; undefined where it is on none. */
export function readSource(text: string, forges: Forges): RepositoryRef | undefined {
  const [, name = '', path = ''] = /^([\w.-]+):(?!\/\/)([\w./-]+)$/.exec(text.trim()) ?? [];
  const known = forges.get(name);
  if (known !== undefined) return refOf(name, projectPath(path, known));
  const address = hostAndPath(text.trim());
  if (address === undefined) return undefined;
  // The longest base wins: one forge may be installed under a path of another's host.
  const byLength = [...forges].sort(([, a], [, b]) => b.traits.url.length - a.traits.url.length);
  for (const [forge, { traits }] of byLength) {
    const rest = below(address, traits.url);
    const found = rest === undefined ? undefined : refOf(forge, projectPath(rest, { traits }));
    if (found !== undefined) return found;
  }
  return undefined;
}

const refOf = (forge: string, path: string | undefined): RepositoryRef | undefined => (path === undefined ? undefined : { forge, path });

interface Address {
  readonly host: string;
  readonly path: string;
  /** Of ssh: the host counts, not its port, and the path leaves out where the forge's pages are. */
  readonly ssh: boolean;
}

/** `https://host/a/b`, `ssh://git@host:22/a/b.git`, `git@host:a/b.git`, `git+https://…`, `host/a/b`. */
function hostAndPath(text: string): Address | undefined {
  const [, user = '', scpHost = '', scpPath = ''] = /^(?:([\w.-]+)@)([\w.-]+):(?!\/\/)([\w~][^\s?#]*)$/.exec(text) ?? [];
  if (user !== '') return { host: scpHost.toLowerCase(), path: `/${scpPath}`, ssh: true };
  const address = text.replace(/^(?:git\+|scm:git:)/i, '');
  const full = (/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`).replace(/^git:/i, 'https:');
  if (!/^(?:https?|ssh):\/\//i.test(full)) return undefined;
  const ssh = /^ssh:/i.test(full);
  const plain = full.replace(/^ssh:/i, 'https:');
  if (!URL.canParse(plain)) return undefined;
  const { host, hostname, pathname } = new URL(plain);
  return { host: ssh ? hostname : host, path: pathname, ssh };
}

/** What comes after the forge's base URL; undefined when it is another forge's. */
function below(address: Address, base: string): string | undefined {
  if (!URL.canParse(base)) return undefined;
  const { host, hostname, pathname } = new URL(base);
  if (address.host !== (address.ssh ? hostname : host)) return undefined;
  const folder = pathname.replace(/\/$/, '');
  if (address.path.startsWith(`${folder}/`)) return address.path.slice(folder.length + 1);
  return address.ssh ? address.path.slice(1) : undefined;
}

/** The project's path out of a page's: without `.git`, `/-/tree/…`, and on GitHub without all that follows owner and name. */
function projectPath(path: string, { traits }: Pick<SourceForge, 'traits'>): string | undefined {
  const project = (path.split('/-/')[0] ?? '')
    .replace(/^\/+/, '')
    .replace(/(?<!\/)\/+$/, '')
    .replace(/\.git$/, '');
  const parts = project.split('/');
  const kept = traits.type === 'github' ? parts.slice(0, 2) : parts;
  const valid = kept.every((part) => /^[\w][\w.-]*$/.test(part) && !part.includes('..'));
  const enough = traits.type === 'local' || kept.length >= 2;
  return valid && enough ? kept.join('/').replace(/\.git$/, '') : undefined;
}

/**
 * Projects where an app's source may be when nobody says: called like the app in the groups of the other apps' sources, on the
 * environment's forge at the image's own path (`registry.example.com/payments/billing` → `payments/billing`), and one above it.
 */
export function neighbours(app: string, packageName: string, environmentForge: string, others: readonly RepositoryRef[]): RepositoryRef[] {
  const beside = others.map(({ forge, path }) => ({ forge, path: [...path.split('/').slice(0, -1), app].join('/') }));
  const own = packageName.split('/').slice(1);
  const paths = [own, own.slice(0, -1)]
    .filter((parts) => parts.length >= 2)
    .map((parts) => ({ forge: environmentForge, path: parts.join('/') }));
  const exact = paths.filter(({ path }) => path.endsWith(`/${app}`));
  const all = [...exact, ...beside, ...paths].filter(({ path }) => /^[\w][\w./-]*$/.test(path));
  return [...new Map(all.map((place) => [`${place.forge}:${place.path}`, place])).values()];
}
