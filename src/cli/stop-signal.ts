let stopped: Promise<void> | undefined;

/** Resolves at the first SIGINT or SIGTERM. Before it is called they end the process at once; afterwards more of them change nothing, as npx sends each twice. */
export function stopSignal(): Promise<void> {
  stopped ??= new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  return stopped;
}
