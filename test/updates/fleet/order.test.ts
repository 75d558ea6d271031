import { promotionOrder } from '../../../src/updates/fleet/order.ts';
import type { EnvironmentSettings } from '../../../src/updates/settings.ts';

/** `b<a`: b comes after a. */
function environment(text: string): EnvironmentSettings {
  const [name = '', after] = text.split('<');
  const updates = { types: [], ...(after !== undefined && { after: { environment: after, soak: '1h' } }) };
  return { name, repository: { forge: 'local', path: name }, updates };
}

test.each<[string, string, string]>([
  ['as app.yml has them', 'dev staging production', 'dev staging production'],
  ['a chain that app.yml has backwards', 'production<staging staging<dev dev', 'dev staging production'],
  ['two behind one', 'us<staging staging eu<staging', 'staging us eu'],
  ['what belongs to no chain stays where it is', 'a production<staging b staging', 'a staging production b'],
  ['one that app.yml does not have', 'production<gone staging', 'production staging'],
  ['a circle', 'a<b b<a c', 'b a c'],
  ['one behind itself', 'a<a b', 'a b'],
])('%s', (_, given, expected) => {
  expect(
    promotionOrder(given.split(' ').map(environment))
      .map(({ name }) => name)
      .join(' '),
  ).toBe(expected);
});
