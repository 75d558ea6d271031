import type { SingleBar } from 'cli-progress';
import type { Sink } from './io.ts';

export interface Progress {
  /** So many more are done. */
  advance(by?: number): void;
  /** More work has been found. */
  grow(by: number): void;
  /** Takes the bar away. */
  stop(): void;
}

/** Work that takes less needs no bar. */
const patienceMs = 1000;

/** Nothing at all where there is no terminal. */
export function startProgress(stream: Sink, title: string, total: number): Progress {
  const done = { value: 0, total, stopped: false };
  let bar: SingleBar | undefined;
  const show = async (): Promise<void> => {
    const progress = await import('cli-progress');
    if (done.stopped) return;
    const format = `${title} [{bar}] {value}/{total}`;
    // Neither the cursor nor the wrapping of lines is changed: after Ctrl-C nobody would change them back.
    bar = new progress.SingleBar({ stream, format, clearOnComplete: true, hideCursor: null, linewrap: true, forceRedraw: false });
    bar.start(done.total, done.value);
  };
  const timer = stream.isTTY ? setTimeout(() => void show(), patienceMs).unref() : undefined;
  return {
    advance: (by = 1) => {
      done.value += by;
      bar?.update(done.value);
    },
    grow: (by) => {
      done.total += by;
      bar?.setTotal(done.total);
    },
    stop: () => {
      done.stopped = true;
      clearTimeout(timer);
      bar?.stop();
    },
  };
}
