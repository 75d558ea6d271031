/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

export interface Quantity {
  readonly value: number;
  /** As written: `m`, `Mi`; empty where there is none. */
  readonly suffix: string;
}

/** undefined for what is none: the server says so. */
export function parseQuantity(written: unknown): Quantity | undefined {
  if (typeof written === 'number' || typeof written === 'bigint') return { value: Number(written), suffix: '' };
  if (typeof written !== 'string') return undefined;
  const [, number = '', suffix = ''] = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)([numkKMGTPE]?i?)$/.exec(written) ?? [];
  const value = Number(number) * (factors[suffix] ?? Number.NaN);
  return number === '' || Number.isNaN(value) ? undefined : { value, suffix };
}
