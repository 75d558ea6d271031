/** Who may write to what, among everything that shares one store: commands, jobs and replicas. */
export interface Locks {
  /**
   * Runs the work while nobody else runs work under the same name; in the order of asking within one process. A process that dies lets go.
   * Throws OutsideError when it is held by another for longer than `patience` milliseconds. The signal is aborted when the lock was lost in the middle
   * (the connection to the server that keeps it is gone, and another may have it soon): from then on nothing may be begun.
   */
  hold<T>(name: string, patience: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}
