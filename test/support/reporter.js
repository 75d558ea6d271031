// Ends a run with what the machine had to test against, and the plain line that machines read.
export default class PartsReporter {
  async onRunComplete(_contexts, results) {
    const { parts, partVersion } = await import('./parts.ts');
    const rows = Object.keys(parts).map((part) => `  ${part.padEnd(18)} ${partVersion(part) ?? '— missing: its tests were skipped'}\n`);
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const text = `\nReal parts on this machine\n${rows.join('')}\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`;
    process.once('exit', () => process.stdout.write(text)); // behind Jest's own summary, which is written after this
  }
}
