import { createDatasources, httpHosts, type RegistrySettings } from '../../src/adapters/datasources/registry-settings.ts';
import { createHttpClient, type HttpClient } from '../../src/adapters/http/client.ts';
import type { DatasourceName } from '../../src/domain/reference.ts';
import type { Datasource } from '../../src/domain/release.ts';
import { type Handler, json, type ScriptedServer, startServer } from './http-server.ts';
import { MemoryStore } from './memory-store.ts';

export interface Sandbox {
  /** Of the test that runs. */
  store: MemoryStore;
  /** Closed behind the test. */
  keep<T extends { close(): Promise<void> }>(one: T): T;
  serve(handler: Handler, tls?: { readonly key: string; readonly cert: string }): Promise<ScriptedServer>;
  /** Datasources over a new client that never waits, and the test's store. */
  connect(registries?: Readonly<Record<string, RegistrySettings>>): Record<DatasourceName, Datasource> & { readonly client: HttpClient };
}

/** Servers, clients and a store that live as long as one test. To be called once per file. */
export function sandbox(): Sandbox {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
    self.store = new MemoryStore();
  });
  const self: Sandbox = {
    store: new MemoryStore(),
    keep: (one) => {
      opened.push(one);
      return one;
    },
    serve: async (handler, tls) => self.keep(await startServer(handler, tls)),
    connect: (registries = {}) => {
      const { store } = self;
      const client = self.keep(createHttpClient({ hosts: httpHosts(registries), store, wait: () => Promise.resolve() }));
      return { ...createDatasources({ registries, http: client, store }), client };
    },
  };
  return self;
}

/** Answers as a registry lists tags. */
export const tagList =
  (tags: unknown, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    json(response, { name: 'x', tags }, headers);
