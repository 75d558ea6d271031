// Loaded into the service before its own program: tells how much it holds on to when it is asked.
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
process.channel?.unref();
