/** Where pages are. A name is one segment, slashes and all: https://www.rfc-editor.org/rfc/rfc3986#section-3.3 */
export const environmentUrl = (name: string): string => `/environment/${segment(name)}`;
export const appUrl = (app: string): string => `/app/${segment(app)}`;
export const runUrl = (environment: string, run: string): string => `${environmentUrl(environment)}/runs/${segment(run)}`;
/** An environment with the forms for one of its apps. */
export const actUrl = (environment: string, app: string): string => `${environmentUrl(environment)}?app=${segment(app)}`;

/** YAML can spell text that is no text, of which there is no URL. */
const segment = (name: string): string => encodeURIComponent(name.toWellFormed());
