import type { Config } from '../config/schema.ts';
import { isLoopback } from '../http/origin.ts';

/** Others come to us under server.url: where we listen on loopback alone, through a proxy on this machine, whose requests look like this machine's own. */
export const isPublished = ({ url }: Config['server']): boolean => url !== undefined && !isLoopback(new URL(url).hostname);
