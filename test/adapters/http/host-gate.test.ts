import { HostGate } from '../../../src/adapters/http/host-gate.ts';

const real = Date.now;
let now = 0;
beforeEach(() => {
  now = 1_800_000_000_000;
  Date.now = () => now;
});
afterEach(() => {
  Date.now = real;
});

describe('limits that do not say how long', () => {
  const gate = () => new HostGate('h', 6, () => Promise.resolve());

  test('a minute, then twice as long each time', () => {
    const at = gate();
    expect([at.limit(at.wave), at.limit(at.wave), at.limit(at.wave)]).toEqual([60_000, 120_000, 240_000]);
  });

  test('who was let in before the last one heard nothing new', () => {
    const at = gate();
    const { wave } = at;
    expect([at.limit(wave), at.limit(wave), at.limit(wave)]).toEqual([60_000, undefined, undefined]);
  });

  test('ten minutes after one was over it is forgotten', () => {
    const at = gate();
    at.limit(at.wave);
    now += 60_000 + 599_000;
    expect(at.limit(at.wave)).toBe(120_000);
    now += 120_000 + 601_000;
    expect(at.limit(at.wave)).toBe(60_000);
  });
});

test('paced requests: twenty at once, then one a second, and never more than 80 in a minute', async () => {
  const gate = new HostGate('h', 6, (ms) => {
    now += ms;
    return Promise.resolve();
  });
  const [start, times]: [number, number[]] = [now, []];
  for (let count = 0; count < 200; count += 1) {
    await gate.pace();
    times.push(now - start);
  }
  expect(times.slice(18, 24)).toEqual([0, 0, 1_000, 2_000, 3_000, 4_000]);
  const busiest = Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 60_000).length));
  expect(busiest).toBe(79);
});
