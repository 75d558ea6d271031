/** What a provider says of somebody who proved there who they are. */
export interface Identity {
  /** Number at the forge, where the provider is the forge itself. */
  readonly id?: string;
  /** User name at the forge. */
  readonly name: string;
}

/** What ties an answer to the browser that asked, and to that one time. */
export interface Checks {
  /** https://www.rfc-editor.org/rfc/rfc6749#section-10.12 */
  readonly state: string;
  /** https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes */
  readonly nonce: string;
  /** https://www.rfc-editor.org/rfc/rfc7636 */
  readonly verifier: string;
}

/** Where people prove who they are. */
export interface Provider {
  /** In app.yml, and on the page. */
  readonly name: string;
  /** Whose permissions they have then. */
  readonly forge: string;
  /** Where the browser is sent. Throws what the network does. */
  begin(redirectUri: string, checks: Checks): Promise<URL>;
  /** Who came back with that address. Throws LoginRefused, what the network does, and for an answer that is not to be believed. */
  finish(callback: URL, checks: Checks): Promise<Identity>;
}

/** Nobody was logged in, for a reason that the person may read. */
export class LoginRefused extends Error {}

/** As `fetch` is, without redirects; throws OutsideError for who does not answer. */
export type Fetch = (
  url: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body?: string },
) => Promise<Response>;
