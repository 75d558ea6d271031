import { imageRepository, parseImage } from '../../src/domain/image.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', 'nginx', undefined, undefined],
  ['nginx:1.25', 'nginx', '1.25', undefined],
  ['registry:5000/org/app', 'registry:5000/org/app', undefined, undefined],
  ['registry:5000/org/app:v1.4', 'registry:5000/org/app', 'v1.4', undefined],
  ['127.0.0.1:5000/app:1', '127.0.0.1:5000/app', '1', undefined],
  ['[::1]:5000/app:1', '[::1]:5000/app', '1', undefined],
  [`ghcr.io/a/b_c/d--e:1.2.3@${digest}`, 'ghcr.io/a/b_c/d--e', '1.2.3', digest],
  [`app@${digest}`, 'app', undefined, digest],
  ['Registry.Example.com/app:1', 'Registry.Example.com/app', '1', undefined],
])('%s is taken apart', (text, name, tag, wanted) => {
  const image = parseImage(text);
  expect([image?.name, image?.tag?.text, image?.digest?.text]).toEqual([name, tag, wanted]);
  for (const part of [image?.tag, image?.digest]) expect(part && text.slice(part.start, part.end)).toBe(part?.text);
});

test.each([
  '',
  'Nginx',
  'a b',
  'nginx:',
  ':1',
  'nginx:1:2',
  'https://example.com/app:1',
  'a//b',
  '/a',
  'a/',
  'nginx:1@sha256:abc',
  'nginx:-1',
  `a:${'1'.repeat(129)}`,
  `nginx:\${TAG}`,
  'a'.repeat(100_000),
  `${'a-'.repeat(120)}:1`,
])('%.40s is no image', (text) => expect(parseImage(text)).toBeUndefined());

test.each([
  ['nginx', 'docker.io', 'library/nginx'],
  ['bitnami/redis', 'docker.io', 'bitnami/redis'],
  ['docker.io/nginx', 'docker.io', 'library/nginx'],
  ['index.docker.io/bitnami/redis', 'docker.io', 'bitnami/redis'],
  ['registry:5000/app', 'registry:5000', 'app'],
  ['localhost/app', 'localhost', 'app'],
  ['ghcr.io/a/b', 'ghcr.io', 'a/b'],
])('%s is asked for at %s as %s', (name, host, repository) => expect(imageRepository(name)).toEqual({ host, repository }));
