import type { Readable } from 'node:stream';

/** Who looks at the pages, and what of the company that person may see and do: what the forge's own permissions on the repositories say. */
export interface Viewer {
  /** As people read it. */
  readonly name: string;
  /** As the journal names people: `FORGE:USERNAME`, or the user of this machine. */
  readonly actor: string;
  /** At a forge; undefined for whoever works on the machine itself, where no login is set up. */
  readonly user?: { readonly forge: string; readonly id: string; readonly name: string };
  /** Every form carries it, or its button does nothing. Another one for each page. */
  readonly token: string;
  /** Came by logging in, or works on the machine itself and may act as a person of its forge: these are some. */
  readonly way?: { readonly kind: 'session' } | { readonly kind: 'machine'; readonly people: readonly string[] };
  /** Of an environment, by its name; undefined: what concerns no single one, for those who see all of them. */
  readonly sees: (environment: string | undefined) => boolean;
  /** Whether the buttons of an environment work: whoever may push to its repository. */
  readonly acts: (environment: string | undefined) => boolean;
}

/** A request for a page. Everything in it is text from outside. */
export interface PageRequest {
  readonly method: 'GET' | 'POST';
  /** The URL's path, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What a form sent along; empty without one. */
  readonly form: URLSearchParams;
  readonly viewer: Viewer;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  /** A stream is sent as it comes, uncompressed. */
  readonly body: string | Readable;
  /** Path to go on to. */
  readonly location?: string;
}

/** What stands behind each address. */
export type Site = (request: PageRequest) => Promise<Answer>;
