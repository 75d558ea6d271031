import { file, requestText } from '../attack-scene.ts';
import type { Attack } from './attack.ts';

const says = (name: string, content: string | Buffer, because: RegExp): Attack => ({
  name,
  because,
  attack: async (scene) => {
    const { id } = await scene.ask({ [file]: content });
    await scene.approve(id, 'grace');
    return id;
  },
});

const text = requestText();

/** How a file reads to the approver, and to others. */
export const contents: readonly Attack[] = [
  says('a second document', `${text}---\n${requestText({ user: 'eve' })}`, /more than one document/),
  says('an anchor', requestText({ user: '&who ada' }), /anchor/),
  says('an alias', `reason: &x "INC-1"\nuser: *x\nlevel: admin\nduration: 2h\n`, /alias|anchor/),
  says('a tag', requestText({ user: '!!str ada' }), /tag/),
  says('a merge key', `<<: { user: eve }\n${requestText({ user: undefined })}`, /<<|unknown key|line 1/),
  says('the same key twice', `${text}user: eve\n`, /twice/),
  says('a user and a group', `${text}group: team-payments\n`, /a user and a group/),
  says('a key that nobody knows', `${text}namespace: shop\n`, /unknown key "namespace"/),
  says('a direction mark', requestText({ reason: '"INC-1 \u202egnp.exe"' }), /U\+202E/),
  says('a zero-width character in the name', requestText({ user: 'a\u200bda' }), /U\+200B/),
  says('a lone carriage return', `user: ada # \ruser: eve\nlevel: admin\nreason: "INC-1"\nduration: 2h\n`, /U\+000D/),
  says('bytes that are no text', Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe])]), /UTF-8/),
  says('a byte order mark', `\ufeff${text}`, /U\+FEFF/),
  says('more than anybody reads', `${text}${'# filler\n'.repeat(2_000)}`, /too large/),
  says('nothing at all', '\n', /is empty/),
  says('a reason over several lines', requestText({ reason: '|\n  INC-1\n  level' }), /several lines|block/),
  says('a number for a duration', requestText({ duration: '7200' }), /duration/),
  says('an escape in the name', requestText({ user: '"\\u0065ve"' }), /escape/),
  says('a level that is none', requestText({ level: 'cluster-admin' }), /one of readonly, developer, admin/),
];
