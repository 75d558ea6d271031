import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { explain, OutsideError } from '../../domain/errors.ts';
import { adaFile } from './world.ts';

/** The merge request's file, which is the page of the local forge: docs/local-forge.md. */
const requestFile = 'repositories/sandbox.lockkeeper/merge-requests/1.json';
export const accessFile = 'access/billing/ada.yml';

/** A minute is the shortest that there is. */
export const asking = `git clone -q repositories/sandbox.git ada && cd ada
git switch -q -c ada-billing && mkdir -p access/billing
printf '%s\\n' 'user: ada' 'level: admin' 'reason: "INC-1234: migration stuck"' 'duration: 1m' > ${accessFile}
git add access && git -c user.name=ada -c user.email=ada@example.com commit -q -m 'Access for ada'
git push -q origin ada-billing && cd .. && mkdir -p repositories/sandbox.lockkeeper/merge-requests
printf '{"id":1,"state":"open","sourceBranch":"ada-billing","targetBranch":"main","title":"Access for ada","author":"ada","createdAt":"%s"}' "$(date -u +%FT%TZ)" > ${requestFile}`;

export const approving = `node -e '
const fs = require("node:fs"), file = process.argv[1], request = JSON.parse(fs.readFileSync(file));
request.approvals = [{ user: "grace", commit: request.commit, at: new Date().toISOString() }];
fs.writeFileSync(file + ".new", JSON.stringify(request, null, 2));
fs.renameSync(file + ".new", file);
' ${requestFile}`;

/** Prints the status of the reply: 201, or 403 where Kubernetes says no. */
export const using = (server: string): string =>
  `curl -K ${adaFile} -d '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"proof-"}}' ${server}/api/v1/namespaces/billing/configmaps`;

/** Runs them in the folder as a person's shell does; gives what they printed. Throws OutsideError. */
export async function perform(commands: string, directory: string): Promise<string> {
  // Nobody's own settings of git may change what happens.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  try {
    return (await promisify(execFile)('sh', ['-ec', commands], { cwd: directory, env })).stdout.trim();
  } catch (cause) {
    throw new OutsideError(directory, `a step of the demo failed in ${directory}: ${explain(cause)}`, { cause });
  }
}
