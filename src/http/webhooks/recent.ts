import { Refusal } from './refusal.ts';

/** Deliveries whose content is remembered. */
const most = 10_000;

/**
 * What the latest deliveries said, so that an id does not come to stand for something else. Only those that this process has taken:
 * that an id is not worked off twice, the queue sees to.
 */
export class Recent {
  readonly #contents = new Map<string, string>();

  /** Throws Refusal when another content came under this id. */
  check(sender: string, id: string, content: string): void {
    const known = this.#contents.get(`${sender} ${id}`);
    if (known !== undefined && known !== content) throw new Refusal('replayed', 'its id was that of a delivery with another content');
  }

  remember(sender: string, id: string, content: string): void {
    this.#contents.set(`${sender} ${id}`, content);
    if (this.#contents.size > most) for (const oldest of this.#contents.keys()) return void this.#contents.delete(oldest);
  }
}
