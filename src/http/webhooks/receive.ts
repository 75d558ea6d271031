import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { explain } from '../../domain/errors.ts';
import type { Queue } from '../../domain/queue.ts';
import { checkLength, Room } from './body.ts';
import type { WebhookCounts, WebhookOutcome } from './counts.ts';
import { checkHead, type Head, headOf } from './head.ts';
import { isPayload, type Payload } from './payload.ts';
import { fingerprint } from './proof.ts';
import { Recent } from './recent.ts';
import { Refusal } from './refusal.ts';
import { jobsOf, type Message, type Sender } from './sender.ts';

export interface ReceivePorts {
  readonly queue: Pick<Queue, 'add'>;
  readonly counts: WebhookCounts;
  readonly log: Logger;
  readonly now: () => Date;
  /** Milliseconds that a body may take. */
  readonly patience: number;
}

/** Answers one request below `/webhooks/`; never throws. */
export type Webhooks = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Outcome {
  readonly status: number;
  readonly outcome: WebhookOutcome;
  readonly says: Readonly<Record<string, unknown>>;
}

/** What every sender's delivery goes through: recognized, verified, understood, kept, answered. */
export function createReceiver(senders: readonly Sender[], ports: ReceivePorts): Webhooks {
  const byPath = new Map(senders.map((sender) => [`/webhooks/${sender.name}`, sender]));
  const [room, recent] = [new Room(), new Recent()];
  return async (request, response) => {
    const head = headOf(request);
    const sender = byPath.get(head.path);
    const name = sender?.name ?? 'unknown';
    try {
      if (sender === undefined) throw new Refusal('unknown-sender', 'no sender of app.yml has this address and a webhookSecret');
      const { status, outcome, says } = await received(sender, head, { request, room, recent, ports });
      ports.counts.count(name, outcome);
      answer(response, status, says);
    } catch (error) {
      const { status, outcome } = failed(error, name, head, ports.log);
      ports.counts.count(name, outcome);
      cut(request, response, status);
    }
  };
}

interface Reception {
  readonly request: IncomingMessage;
  readonly room: Room;
  readonly recent: Recent;
  readonly ports: ReceivePorts;
}

async function received(sender: Sender, head: Head, { request, room, recent, ports }: Reception): Promise<Outcome> {
  checkHead(request, head, sender.types);
  checkLength(request);
  const verify = sender.verify(head, ports.now());
  return room.hold(request, ports.patience, async (body) => {
    verify(body);
    const message = await sender.read(head, payloadOf(body), body);
    const content = fingerprint(body);
    recent.check(sender.name, message.id, content);
    const outcome = await kept(sender.name, message, ports);
    recent.remember(sender.name, message.id, content);
    return outcome;
  });
}

function payloadOf(body: Buffer): Payload {
  try {
    const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (isPayload(payload)) return payload;
  } catch {
    // What is wrong with it, the error says with a piece of it.
  }
  throw new Refusal('malformed', 'the body is no JSON object');
}

async function kept(sender: string, { id, asked }: Message, { queue, log }: ReceivePorts): Promise<Outcome> {
  if (typeof asked === 'string') {
    log.debug({ sender, delivery: id, outcome: asked }, 'a delivery asks for nothing');
    return { status: 200, outcome: asked, says: { jobs: 0 } };
  }
  const jobs = jobsOf(asked, id);
  const result = await queue.add(jobs, { sender, id });
  log.info(
    { sender, delivery: id, trace: id, outcome: result, jobs: jobs.map(({ data, key }) => `${data.kind} ${key}`) },
    'a delivery was kept',
  );
  return result === 'repeated'
    ? { status: 202, outcome: 'repeated', says: { repeated: true } }
    : { status: 202, outcome: 'accepted', says: { jobs: jobs.length } };
}

function failed(
  error: unknown,
  sender: string,
  { path }: Head,
  log: Logger,
): { readonly status: number; readonly outcome: WebhookOutcome } {
  if (error instanceof Refusal) {
    log.warn({ sender, reason: error.reason, path: path.slice(0, 100) }, `a delivery was refused: ${error.message}`);
    return { status: error.status, outcome: error.reason };
  }
  log.error({ sender }, `a delivery could not be taken: ${explain(error)}`);
  return { status: 500, outcome: 'failed' };
}

const headers = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

function answer(response: ServerResponse, status: number, says: Readonly<Record<string, unknown>>): void {
  const text = `${JSON.stringify(says)}\n`;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Milliseconds that are left to a sender for reading why it is cut off. */
const farewell = 1000;

/**
 * Says no and ends the connection. What still comes is thrown away for a moment: closed on a sender that writes, a connection is
 * reset, and the sender may not get to see the answer.
 */
function cut(request: IncomingMessage, response: ServerResponse, status: number): void {
  const text = `${JSON.stringify({ error: status >= 500 ? 'not now' : 'not accepted' })}\n`;
  const allow = status === 405 ? { allow: 'POST' } : {};
  response.writeHead(status, { ...headers, ...allow, 'content-length': Buffer.byteLength(text), connection: 'close' }).write(text);
  const enough = setTimeout(() => request.socket.destroy(), farewell);
  const end = (): void => {
    clearTimeout(enough);
    response.end();
  };
  if (request.complete || request.destroyed) end();
  else request.once('end', end).once('close', end).resume();
}
