import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { DemoApp } from './app.ts';
import { seconds } from './history.ts';
import { fill, type Ports, registryHost } from './places.ts';

/** A bundle before it is packed. */
export interface BundleFiles {
  /** In the raw repository. */
  readonly path: string;
  readonly version: string;
  /** The day on which it was published. */
  readonly date: string;
  /** Name → manifest. */
  readonly files: Readonly<Record<string, string>>;
}

/** One bundle per release of an app that has bundles; each starts from the files of the one before. */
export function bundlesOf(app: DemoApp, ports: Ports): readonly BundleFiles[] {
  const { bundlePath } = app;
  if (bundlePath === undefined) return [];
  const files = new Map<string, string>();
  return app.releases.map(({ version, date, bundle = {} }) => {
    for (const [name, content] of Object.entries(bundle)) {
      if (content === null) files.delete(name);
      else files.set(name, content);
    }
    const values = { image: `${registryHost(ports)}/${app.image}`, version };
    const filled = [...files].map(([name, content]) => [name, fill(content, values)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    return { path: bundlePath.replaceAll('{version}', version), version, date, files: Object.fromEntries(filled) };
  });
}

/** A tar.gz, the same bytes for the same files. */
export async function packBundle({ files, date }: BundleFiles): Promise<Buffer> {
  const tar = pack();
  const mtime = new Date(seconds(date) * 1000);
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mtime, mode: 0o644 }, content);
  tar.finalize();
  return gzipSync(await buffer(tar));
}
