import { ConflictError, explain, OutsideError, RefusedError } from '../domain/errors.ts';

/** Who was asked when it failed. */
export type Asked = 'registry' | 'forge';

/**
 * Whose turn it is. `platform team`: an address or a credential in app.yml; `maintainer`: of the project or group on the forge, who gives rights;
 * `owner`: of the environment, its files or its project; `nobody`: the next scan tries again; `lockkeeper`: a defect.
 */
export type Turn = 'platform team' | 'maintainer' | 'owner' | 'nobody' | 'lockkeeper';

/** What failed, and for whom: a registry's host, an environment, a repository. */
export interface ScanError {
  readonly scope: string;
  readonly message: string;
  readonly turn: Turn;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** Names of those that it holds up; none where a group could not be listed. */
  readonly environments: readonly string[];
  /** References that could not be looked up because of it: `staging chart/Chart.yaml:11`. */
  readonly places: readonly string[];
}

export interface Failure {
  readonly asked: Asked;
  readonly error: unknown;
  /** What is told where the error itself does not say. */
  readonly scope: string;
  readonly environment?: string;
  readonly place?: string;
}

export function scanError({ asked, error, scope, environment, place }: Failure): ScanError {
  const status = error instanceof OutsideError ? error.status : undefined;
  return {
    scope: error instanceof OutsideError ? error.scope : scope,
    message: explain(error),
    turn: turnOf(error, asked, environment),
    ...(status !== undefined && { status }),
    environments: environment === undefined ? [] : [environment],
    places: environment === undefined || place === undefined ? [] : [`${environment} ${place}`],
  };
}

/** The error's class and status say it: never its text. */
function turnOf(error: unknown, asked: Asked, environment: string | undefined): Turn {
  if (!(error instanceof OutsideError)) return 'lockkeeper';
  if (!(error instanceof RefusedError) || error instanceof ConflictError) return 'nobody';
  const { status } = error;
  if (asked === 'registry') return status === 401 || status === 403 ? 'platform team' : 'owner';
  if (environment === undefined || status === 401 || status === 404 || (status !== undefined && status < 400)) return 'platform team';
  return status === undefined ? 'owner' : 'maintainer';
}

/** What failed more than once for the same reason is told once, with all whom it holds up. */
export function mergeErrors(errors: readonly ScanError[]): ScanError[] {
  return [...Map.groupBy(errors, ({ scope, message }) => `${scope}\n${message}`).values()].flatMap((alike) =>
    alike.slice(0, 1).map((first) => ({ ...first, ...concerned(alike) })),
  );
}

/** Whom several of them hold up, each once. */
export function concerned(errors: readonly ScanError[]): Pick<ScanError, 'environments' | 'places'> {
  const [environments, places] = [errors.flatMap((one) => one.environments), errors.flatMap((one) => one.places)];
  return { environments: [...new Set(environments)].sort(), places: [...new Set(places)].sort() };
}
