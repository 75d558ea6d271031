import { run } from './cli/program.ts';

// A reader that has seen enough (`lockkeeper inventory | head`) is no error; the work goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), process);

// Node's own way out takes the signal handlers away first, and npx's second signal would still kill us. By then all is written.
process.once('beforeExit', (code) => process.exit(code));
