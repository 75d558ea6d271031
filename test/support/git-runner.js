// A small process that runs git for a large one: to start a program costs the more the more memory the starter has.
import { execFile } from 'node:child_process';

let busy = 0;
let idle;

function rest() {
  clearTimeout(idle);
  if (busy === 0) idle = setTimeout(() => process.exit(), 5000);
}

process.on('message', ({ id, directory, args, input, env }) => {
  busy += 1;
  clearTimeout(idle);
  const child = execFile('git', args, { cwd: directory, env, encoding: 'buffer', maxBuffer: 256 * 2 ** 20 }, (error, stdout, stderr) => {
    busy -= 1;
    if (process.connected)
      process.send({ id, stdout, ...(error !== null && { failed: stderr.toString() || error.message, code: error.code }) });
    rest();
  });
  child.stdin?.on('error', () => {}); // git that ends early says why itself
  child.stdin?.end(input);
});
rest();
process.once('disconnect', () => process.exit()); // whoever started it is gone
