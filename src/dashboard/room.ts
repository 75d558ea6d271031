import type { Static, TObject, TSchema } from 'typebox';
import type { Answer, Viewer } from '../domain/site.ts';

/** One thing that people look at: its pages, its buttons, and the same as JSON. */
export interface Room {
  readonly pages: readonly Page[];
  readonly buttons?: readonly Button[];
  readonly api?: readonly ApiRoute[];
  /** What its pages need beside the common stylesheet. */
  readonly style?: string;
}

export interface Asked {
  /** What `:name` in the path stood for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly viewer: Viewer;
  readonly now: Date;
}

export interface Pressed extends Asked {
  readonly form: URLSearchParams;
}

/** Undefined, or an environment that the viewer may not see: there is no such page. */
export interface Page {
  /** A pathname as URLPattern reads it: `/apps/:app`. */
  readonly path: string;
  readonly show: (asked: Asked) => Promise<Answer | undefined>;
}

/** What a form does that is posted to the path; that a page of ours sent it was checked. Whether the viewer may is for the button to ask. */
export interface Button {
  readonly path: string;
  readonly press: (pressed: Pressed) => Promise<Answer | undefined>;
}

/** The same as a page, for programs. From these the OpenAPI document is made. */
export interface ApiRoute<Reply extends TSchema = TSchema> {
  /** `/api/v1/journal` */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  /** Parameters of the query, each optional or not. */
  readonly query?: TObject;
  readonly reply: Reply;
  readonly read: (asked: Asked) => Promise<Static<Reply> | undefined>;
}

/** Keeps the reply's type and its schema together. */
export const apiRoute = <Reply extends TSchema>(route: ApiRoute<Reply>): ApiRoute => route as unknown as ApiRoute;
