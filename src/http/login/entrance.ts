import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../../domain/site.ts';
import { type Message, plain } from '../message.ts';

/** Who asks, and which forms they were given. */
export interface Visitor {
  readonly viewer: Viewer;
  readonly isOwnForm: (token: string) => boolean;
}

export interface EntranceRequest {
  readonly request: IncomingMessage;
  /** Undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined: nobody that is known. */
  readonly visitor: Visitor | undefined;
}

export interface EntrancePress extends EntranceRequest {
  readonly form: URLSearchParams;
  readonly visitor: Visitor;
}

/** How people come to the pages. */
export interface Entrance {
  /** Where our pages are for whoever sends this request: `https://lockkeeper.example.com`. A message: nobody may ask so, whoever it is. */
  origin(request: IncomingMessage): string | Message;
  /** Throws nothing: who cannot be found out is nobody. */
  visitor(request: IncomingMessage): Promise<Visitor | undefined>;
  /** Its own pages; undefined for all others. */
  show(asked: EntranceRequest): Promise<Message | undefined>;
  /** Its own buttons, which a form of ours has pressed; undefined for all others. */
  press(pressed: EntrancePress): Promise<Message | undefined>;
  /** Goes with every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** For a service that only programs speak to. */
export const noEntrance: Entrance = {
  origin: () => plain(403, 'There are no pages here: server.pages is off. Use the command line.'),
  visitor: () => Promise.resolve(undefined),
  show: () => Promise.resolve(undefined),
  press: () => Promise.resolve(undefined),
  headers: {},
};
