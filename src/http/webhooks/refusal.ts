/** Why a delivery is refused. */
export type Reason =
  /** It proves nothing. */
  | 'unsigned'
  /** What it proves is not what was agreed. */
  | 'bad-signature'
  | 'too-large'
  | 'malformed'
  /** It is too old, or another one had its id. */
  | 'replayed'
  /** Nobody of that name is configured, or not with a secret. */
  | 'unknown-sender'
  /** So much is being received already that there is no room for it. */
  | 'busy';

const statuses: Readonly<Record<Reason, number>> = {
  unsigned: 401,
  'bad-signature': 401,
  'too-large': 413,
  malformed: 400,
  replayed: 409,
  'unknown-sender': 404,
  busy: 503,
};

/** A delivery that is not taken. The message is for our log: it holds no secret, no part of the body, and is not sent back. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: Reason;
  readonly status: number;
  constructor(reason: Reason, message: string, status = statuses[reason]) {
    super(message);
    this.reason = reason;
    this.status = status;
  }
}
