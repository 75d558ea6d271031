import { availableParallelism } from 'node:os';

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.js' },
  reporters: ['default', '<rootDir>/test/support/reporter.js'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  testTimeout: 60_000,
  // Most of the time is spent waiting for git and for servers: one process leaves the machine idle.
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
};
