/** What the bot does about access is on branches of this sort; those of updates begin otherwise, and are another's. */
export const accessBranches = 'lockkeeper-access/';
export const accessLabel = 'lockkeeper-access';
