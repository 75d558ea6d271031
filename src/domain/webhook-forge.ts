/** What a webhook belongs to: one repository; everything in a group or organisation; the GitHub App, wherever it is installed (no path). */
export interface HookPlace {
  readonly kind: 'repository' | 'group' | 'app';
  readonly path: string;
}

/** A webhook as it should be: active, over verified TLS. */
export interface WantedHook {
  /** Where it delivers, by which it is found again: `https://lockkeeper.example.com/webhooks/gitlab/gitlab`. */
  readonly url: string;
  readonly secret: string;
  /** As the forge calls them. */
  readonly events: readonly string[];
}

/** A webhook as it is. Its secret no forge tells. */
export interface Hook {
  readonly id: number;
  /** What is not as wanted, each a few words; empty when all is. */
  readonly differs: readonly string[];
  readonly events: readonly string[];
  /** The forge does not call it any more: until then (RFC 3339), or until somebody does something. */
  readonly stopped?: { readonly until?: string };
}

export interface Label {
  readonly name: string;
  /** `#1f75cb` */
  readonly color: string;
  readonly description: string;
}

/** A forge that webhooks and labels are set up at. Every method throws OutsideError; a RefusedError names the right that is missing. */
export interface WebhookForge {
  /** Name in app.yml. */
  readonly name: string;
  /** The webhook is the GitHub App's, one for all that it is installed on. */
  readonly asApp: boolean;
  /** Paths of the repositories below a group or organisation, as for environments. */
  discover(group: string, topic?: string): Promise<readonly string[]>;
  /** The webhook with that URL; undefined when there is none. */
  hook(place: HookPlace, wanted: WantedHook): Promise<Hook | undefined>;
  createHook(place: HookPlace, wanted: WantedHook): Promise<void>;
  /** Makes it as wanted, its secret too; events that it has besides stay. */
  changeHook(place: HookPlace, hook: Hook, wanted: WantedHook): Promise<void>;
  /** Whether the repository has, or inherits, a label of that name. */
  hasLabel(path: string, name: string): Promise<boolean>;
  createLabel(path: string, label: Label): Promise<void>;
}

/** One that stops calling a webhook that fails: GitLab. */
export interface StoppingForge extends Pick<WebhookForge, 'name' | 'hook'> {
  /** Has it try the webhook, which starts it again when we answer. Throws when it did not work. */
  wake(place: HookPlace, hook: Hook): Promise<void>;
}

/** One attempt to deliver. */
export interface Attempt {
  readonly id: number;
  /** The same for every attempt of one delivery. */
  readonly delivery: string;
  /** RFC 3339. */
  readonly at: string;
  /** We answered 2xx. */
  readonly succeeded: boolean;
  /** Somebody asked for it. */
  readonly again: boolean;
}

/** One that never repeats a delivery by itself, and tells what failed: GitHub. */
export interface ForgetfulForge extends Pick<WebhookForge, 'name' | 'asApp' | 'hook'> {
  /** Attempts after that time, newest first, at most a thousand. */
  attempts(place: HookPlace, hook: Hook, since: Date): Promise<readonly Attempt[]>;
  /** Has it deliver once more, under the same delivery id. */
  redeliver(place: HookPlace, hook: Hook, attempt: number): Promise<void>;
}
