import { type Image, imageRepository, parseImage } from '../../domain/image.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';

/** `registries`: the hosts that app.yml names; with none of them any may serve. */
export function imagePoints({ workloads }: Survey, registries: readonly string[]): readonly Point[] {
  const known = new Set(registries.map(hostOf));
  return workloads.flatMap(({ object, containers }) =>
    containers.flatMap(({ name, field }) => {
      const { path, text } = field.at('image');
      const image = parseImage(text);
      const found = image === undefined ? [] : [...latest(image, text), ...unknown(image, known)];
      return found.map(({ rule, help, is }) => ({
        rule,
        object,
        path,
        message: `Image ${text} of container ${name} ${is}.`,
        help,
      }));
    }),
  );
}

type Found = Pick<Point, 'rule' | 'help'> & { readonly is: string };

function latest({ tag, digest }: Image, text: string): readonly Found[] {
  if (digest !== undefined || (tag !== undefined && tag.text !== 'latest')) return [];
  const is =
    tag === undefined ? 'has no tag, and so is whatever latest is when a node pulls it' : 'is whatever latest is when a node pulls it';
  return [{ rule: 'latest-tag', is, help: `Name a version, ${text.split(':latest')[0]}:1.2.3, or pin a digest.` }];
}

function unknown({ name }: Image, known: ReadonlySet<string>): readonly Found[] {
  const { host } = imageRepository(name);
  if (known.size === 0 || known.has(host.toLowerCase())) return [];
  const is = `comes from ${host}, which is none of the registries of app.yml`;
  return [{ rule: 'unknown-registry', is, help: 'Copy it into a registry of yours, or add the host to registries in app.yml.' }];
}

/** Docker Hub's API has a host of its own. */
const hub = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

const hostOf = (registry: string): string => (hub.includes(registry.toLowerCase()) ? 'docker.io' : registry.toLowerCase());
