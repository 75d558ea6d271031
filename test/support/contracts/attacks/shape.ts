import { file, path, requestText } from '../attack-scene.ts';
import type { Attack } from './attack.ts';

const text = requestText();

/** Ada pushes these files, and grace approves. */
const brings = (name: string, files: Parameters<Parameters<Attack['attack']>[0]['ask']>[0], because: RegExp): Attack => ({
  name,
  because,
  attack: async (scene) => {
    const { id } = await scene.ask(files);
    await scene.approve(id, 'grace');
    return id;
  },
});

const noPath = /is no path of a request/;
const oneFile = /changes one file, and nothing else/;

/** What a merge request changes. */
export const shapes: readonly Attack[] = [
  brings('two requests at once', { [file]: text, 'access/shop/eve.yml': requestText({ user: 'eve' }) }, oneFile),
  brings(
    'a request beside a manifest',
    { [file]: text, 'manifests/app.yaml': 'a: 2\n' },
    /manifests\/app\.yaml as well as access\/billing/,
  ),
  brings('a request beside a removal', { [file]: text, 'access/old/eve.yml': undefined }, /^It moves|one file, and nothing else/),
  brings(
    'a request among a hundred other files',
    {
      [file]: text,
      ...Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`a/n${at}.yaml`, `n: ${at}\n`])),
    },
    /too many files/,
  ),
  brings('a folder in capitals', { 'Access/billing/ada.yml': text }, noPath),
  brings('a name in capitals', { 'access/billing/Ada.yml': text }, noPath),
  brings('a file below the namespace', { 'access/billing/deep/ada.yml': text }, noPath),
  brings('a file without a namespace', { 'access/ada.yml': text }, noPath),
  brings('a namespace that is no label', { 'access/bill.ing/ada.yml': text }, noPath),
  brings('a hidden file', { 'access/billing/.ada.yml': text }, noPath),
  brings('a file that is no YAML by its name', { 'access/billing/ada.json': text }, noPath),
  brings('a name with a space', { 'access/billing/ada .yml': text }, noPath),
  brings('a symbolic link', { [file]: { mode: '120000', content: '../../manifests/app.yaml' } }, /is a symbolic link/),
  brings('an executable file', { [file]: { mode: '100755', content: text } }, /is an executable file/),
  brings('the folder as a link to another', { access: { mode: '120000', content: 'manifests' }, 'access/old/eve.yml': undefined }, oneFile),
  brings('a request that was moved there', { 'drafts/ada.yml': undefined, [file]: text }, /^It moves|one file, and nothing else/),
  {
    name: 'a fork',
    because: /comes from a fork/,
    needs: 'forkAsPerson',
    merged: false,
    attack: async (scene) => {
      const fork = await scene.fixture.forkAsPerson?.(path);
      await fork?.push('ask', { [file]: text });
      const id = (await fork?.open('ask', 'access')) ?? 0;
      await scene.approve(id, 'grace');
      return id;
    },
  },
];
