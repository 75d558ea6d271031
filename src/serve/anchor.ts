import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import type { Forge } from '../domain/forge.ts';
import { anchorTag, headText } from '../journal/anchor.ts';
import type { AnchorPlace } from '../journal/anchoring.ts';

/** Says a text in a channel, once per key. */
type Say = (channel: string, text: string, key: string) => Promise<unknown>;

const channelName = (channel: string): string => `Slack ${channel}`;

/** What the places are called where app.yml wants the journal's newest hash to be put. */
export const anchorNames = ({ journal: { anchor }, notifications }: Pick<Config, 'journal' | 'notifications'>): readonly string[] => [
  ...(anchor.repository === undefined ? [] : [anchor.repository]),
  ...(anchor.slack === undefined || notifications.slack === undefined ? [] : [channelName(anchor.slack)]),
];

/** Where app.yml wants the journal's newest hash to be put. */
export function anchorPlaces(
  { journal: { anchor } }: Pick<Config, 'journal'>,
  forges: ReadonlyMap<string, Forge>,
  say: Say | undefined,
): readonly AnchorPlace[] {
  const { repository, slack } = anchor;
  const place = repository === undefined ? undefined : repositoryRef(repository);
  const forge = place && forges.get(place.forge);
  return [
    ...(repository === undefined || place === undefined || forge === undefined
      ? []
      : [{ name: repository, put: (head) => forge.createTag(place.path, anchorTag(head)) } satisfies AnchorPlace]),
    ...(slack === undefined || say === undefined
      ? []
      : [
          {
            name: channelName(slack),
            put: async (head) =>
              void (await say(slack, `journal: ${head.number} entries, newest ${headText(head)}`, `anchor ${headText(head)}`)),
          } satisfies AnchorPlace,
        ]),
  ];
}
