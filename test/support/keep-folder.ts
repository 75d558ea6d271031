import { cpSync, rmSync } from 'node:fs';

/** Gives what makes the folder again what it is now. */
export function keepFolder(folder: string): () => void {
  const kept = `${folder}.kept`;
  cpSync(folder, kept, { recursive: true });
  return () => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(kept, folder, { recursive: true });
  };
}
