export const environmentPath = (name: string): string => `/environment/${encodeURIComponent(name)}`;
export const runPath = (environment: string, run: string): string => `${environmentPath(environment)}/runs/${encodeURIComponent(run)}`;
export const appPath = (app: string): string => `/app/${encodeURIComponent(app)}`;
/** The forms for one app of the environment. */
export const actPath = (environment: string, app: string): string => `${environmentPath(environment)}?app=${encodeURIComponent(app)}#act`;
